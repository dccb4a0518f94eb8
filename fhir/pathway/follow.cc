// Steps on a pathway.
#include "fhir/pathway/follow.h"

#include <algorithm>

#include "fhir/base/date_time.h"
#include "fhir/pathway/needs.h"
#include "fhir/pathway/task.h"

namespace fhir::pathway {
namespace {

constexpr std::int64_t kSecond = 1'000'000, kDay = 86'400 * kSecond;
constexpr std::int64_t kSlack = 3600 * kSecond;   // a day or time without an offset is read as UTC; in summer the day begins an hour before

Error Refusal(std::string text, std::string path, ErrorKind kind = ErrorKind::kUnprocessable) {
  return Error(kind, std::move(text)).At(std::move(path)).WithIssueType(kind == ErrorKind::kConflict ? "conflict" : "business-rule");
}

DateTime FromMicroseconds(std::int64_t us) {
  DateTime time;
  const std::int64_t days = (us >= 0 ? us : us - kDay + 1) / kDay, second = (us - days * kDay) / kSecond;
  CivilFromDays(days, time.year, time.month, time.day);
  time.hour = static_cast<int>(second / 3600);
  time.minute = static_cast<int>(second / 60 % 60);
  time.second = static_cast<int>(second % 60);
  time.precision = DatePrecision::kSecond;
  time.offset_minutes = 0;
  return time;
}

// A date of at least a day; nothing otherwise.
std::optional<DateTime> DayOf(std::string_view text) {
  auto time = DateTime::Parse(text);
  if (time && time->precision < DatePrecision::kDay) return std::nullopt;
  return time;
}

class Following {
 public:
  Following(const Table& table, const Element* before, Document& after, std::int64_t now_us)
      : table_(table), before_(before), document_(after), after_(*after.root), now_us_(now_us) {}

  Result<Progress> Run() {
    TRY_ASSIGN(pathway_, PathwayOf(table_, after_));
    const Pathway* before_pathway = nullptr;
    if (before_) {
      if (const auto known = PathwayOf(table_, *before_)) before_pathway = *known;
    }
    if (!pathway_ && !before_pathway) return Progress{};
    if (before_pathway && pathway_ != before_pathway) {
      return Refusal("The Task is on the pathway " + before_pathway->code +
          " and stays on it. Set its status to entered-in-error, and make a Task for another.", "code");
    }
    if (!before_pathway) before_ = nullptr;   // it begins now
    TRY(CheckPerson());
    TRY(TakeHistory());
    if (before_ && before_->ValueOf("status") == "entered-in-error") {
      return Refusal("The Task was entered in error and stays so. Make another.", "status", ErrorKind::kConflict);
    }
    if (after_.ValueOf("status") == "entered-in-error") return Progress{pathway_, nullptr, 0};
    TRY_ASSIGN(state_, StateOf(*pathway_, after_));
    TRY(CheckDetails(table_, after_));
    KeepStandard();
    TRY(TakeSteps());
    TRY(CheckStatus());
    Complete();
    return Progress{pathway_, state_, taken_};
  }

 private:
  Result<void> CheckPerson() const {
    const Element* person = after_.Walk("for", "reference");
    if (!person || TypeOf(person->value()) != "Patient") {
      return Refusal("A Task on a pathway is for one person. Name the Patient in Task.for.reference.", "for");
    }
    const Element* known = before_ ? before_->Walk("for", "reference") : nullptr;
    if (known && known->value() != person->value()) {
      return Refusal("The Task is for " + std::string(known->value()) + ", and cannot become that of somebody else. Make another Task.", "for");
    }
    return {};
  }

  // What the server recorded stands: steps that are left out are put back, and nobody changes them.
  Result<void> TakeHistory() {
    if (!before_) return {};
    const std::vector<const Element*> known = StepsOf(*before_), given = StepsOf(after_);
    if (given.empty()) {
      for (const Element* step : known) document_.Attach(&after_, document_.Copy(*step));
      recorded_ = known.size();
      return {};
    }
    const auto is_equal = [](const Element* a, const Element* b) { return Equal(*a, *b); };
    const bool is_whole = given.size() >= known.size() && std::equal(known.begin(), known.end(), given.begin(), is_equal);
    if (!is_whole) {
      return Refusal("The steps that are recorded (extensions pathway-step) are not what was sent. Send them as they were read, or none; what is wrong in them "
                     "is mended by entered-in-error and a new Task.", "extension");
    }
    recorded_ = known.size();
    return {};
  }

  std::string FromState() const {
    if (!before_) return {};
    if (recorded_ > 0) return std::string(PartOf(*StepsOf(after_)[recorded_ - 1], "state"));
    const auto state = StateOf(*pathway_, *before_);   // from another system, or older than its pathway
    return state ? (*state)->name : std::string();
  }

  Result<void> TakeSteps() {
    std::string from = FromState();
    if (StepsOf(after_).size() == recorded_ && from != state_->name) AddStep(document_, state_->name, {});
    const std::vector<const Element*> steps = StepsOf(after_);
    for (std::size_t i = recorded_; i < steps.size(); ++i) {
      TRY(TakeStep(from, const_cast<Element&>(*steps[i]), i == 0 ? nullptr : steps[i - 1]));
      from = PartOf(*steps[i], "state");
      ++taken_;
    }
    if (from != state_->name) {
      return Refusal("The last step leads to '" + from + "', but Task.businessStatus says '" + state_->name + "'. Make them the same.", "businessStatus");
    }
    return {};
  }

  Result<void> TakeStep(const std::string& from, Element& step, const Element* previous) {
    const std::string to(PartOf(step, "state"));
    const Step* allowed = pathway_->FindStep(from, to);
    if (!allowed) return NotAllowed(from, to);
    TRY_ASSIGN(const std::int64_t at_us, SettleTime(step, previous, from.empty()));
    TRY(CheckNeeds(*pathway_, *allowed, before_, after_, at_us));
    if (Element* old = Part(step, "recorded")) Document::Detach(old);
    AddPart(step, "recorded", "valueInstant", InstantOf(now_us_));
    const Element* reason = after_.Find("statusReason");
    if (reason && !Part(step, "reason") && std::ranges::any_of(allowed->needs, [](const Need& need) { return need.kind == Need::Kind::kReason; })) {
      Element* part = document_.Add(&step, "extension", true);
      document_.AddString(part, "url", "reason");
      Element* copy = document_.Copy(*reason);
      copy->name = "valueCodeableConcept";
      copy->definition = nullptr;
      document_.Attach(part, copy);
    }
    return {};
  }

  Error NotAllowed(const std::string& from, const std::string& to) const {
    const std::string on = " on the pathway " + pathway_->code + ".", after = pathway_->After(from);
    if (from.empty()) return Refusal("Nothing begins with '" + to + "'" + on + " It begins with: " + after + ".", "businessStatus");
    const std::string what = "There is no step from '" + from + "' to '" + to + "'" + on;
    if (after.empty()) return Refusal(what + " '" + from + "' is an end: make a new Task.", "businessStatus", ErrorKind::kConflict);
    return Refusal(what + " From '" + from + "' it may go to: " + after + ".", "businessStatus", ErrorKind::kConflict);
  }

  // When the step was taken: as said, else when a first one was authored, else now.
  Result<std::int64_t> SettleTime(Element& step, const Element* previous, bool is_first) {
    std::string at(PartOf(step, "at"));
    if (at.empty()) {
      at = is_first && DayOf(after_.ValueOf("authoredOn")) ? std::string(after_.ValueOf("authoredOn")) : InstantOf(now_us_);
      AddPart(step, "at", "valueDateTime", at);
    }
    const auto time = DayOf(at);
    if (!time) return Refusal("'" + at + "' does not say the day of the step. Write it as 2026-03-01, or with a time.", "extension");
    if (time->FirstMicrosecond() > now_us_ + kSlack) {
      return Refusal("The step to '" + std::string(PartOf(step, "state")) + "' was taken at " + at +
          ", which is yet to come. A step is recorded when it was taken.", "extension");
    }
    const auto last = previous ? DayOf(PartOf(*previous, "at")) : std::nullopt;
    if (last && time->EndMicrosecond() <= last->FirstMicrosecond()) {
      return Refusal("The step to '" + std::string(PartOf(step, "state")) + "' was taken at " + at + ", before the last one (" +
          std::string(PartOf(*previous, "at")) + "). Steps come in the order of their times.", "extension");
    }
    return time->FirstMicrosecond();
  }

  // Where the legal right applies, the standard runs from the referral on.
  void KeepStandard() {
    if (!pathway_->standard_days || after_.Walk("restriction", "period", "end")) return;
    const auto rights = DetailsOf(after_, "input", "legal-right");
    if (rights.empty() || rights.back()->value() != "true") return;
    const auto steps = StepsOf(after_);
    std::string_view from = after_.ValueOf("authoredOn");
    if (!DayOf(from) && !steps.empty()) from = PartOf(*steps.front(), "at");
    const std::string now = InstantOf(now_us_);
    auto day = DayOf(DayOf(from) ? from : now);
    day->precision = DatePrecision::kDay;
    day->offset_minutes.reset();
    const auto due = day->Plus(*pathway_->standard_days, CalendarUnit::kDay);
    if (!due) return;
    Element* restriction = after_.Find("restriction");
    if (!restriction) restriction = document_.Add(&after_, "restriction");
    Element* period = restriction->Find("period");
    if (!period) period = document_.Add(restriction, "period");
    document_.AddString(period, "end", due->ToString());
  }

  Result<void> CheckStatus() const {
    const std::string status(after_.ValueOf("status"));
    std::string list;
    for (const std::string& allowed : state_->statuses) {
      if (allowed == status) return {};
      list += (list.empty() ? "" : " or ") + allowed;
    }
    return Refusal("Task.status is '" + status + "', but '" + state_->name + "' on the pathway " + pathway_->code + " means " + list + ".", "status");
  }

  void Complete() {
    SetCoding(document_, &after_, "businessStatus", kStateSystem, state_->name);
    if (!state_->snomed.empty() && state_->verified) SetCoding(document_, &after_, "businessStatus", kSnomed, state_->snomed, state_->text);
  }

  static Element* Part(Element& step, std::string_view name) {
    for (Element* one = step.first_child; one; one = one->next) {
      if (one->name == "extension" && one->ValueOf("url") == name) return one;
    }
    return nullptr;
  }

  void AddPart(Element& step, std::string_view name, std::string_view value_name, std::string_view value) {
    Element* part = document_.Add(&step, "extension", true);
    document_.AddString(part, "url", name);
    document_.AddString(part, value_name, value);
  }

  const Table& table_;
  const Element* before_;
  Document& document_;
  Element& after_;
  const std::int64_t now_us_;
  const Pathway* pathway_ = nullptr;
  const State* state_ = nullptr;
  std::size_t recorded_ = 0, taken_ = 0;
};

}  // namespace

Result<Progress> Follow(const Table& table, const Element* before, Document& after, std::int64_t now_us) {
  return Following(table, before, after, now_us).Run();
}

std::string InstantOf(std::int64_t us) { return FromMicroseconds(us).ToString(); }

void SetText(Document& document, Element* parent, std::string_view name, std::string_view text) {
  if (Element* there = parent->Find(name)) {
    document.SetValue(there, ValueKind::kString, text);
  } else {
    document.AddString(parent, name, text);
  }
}

void SetCoding(Document& document, Element* parent, std::string_view name, std::string_view system, std::string_view code, std::string_view display) {
  Element* concept_element = parent->Find(name);
  if (!concept_element) concept_element = document.Add(parent, name);
  Element* coding = nullptr;
  for (Element* one = concept_element->Find("coding"); one && !coding; one = const_cast<Element*>(one->NextRepeat())) {
    if (one->ValueOf("system") == system) coding = one;
  }
  if (coding && coding->ValueOf("code") == code) return;
  if (coding) Document::Detach(coding);
  coding = document.Add(concept_element, "coding", true);
  document.AddString(coding, "system", system);
  document.AddString(coding, "code", code);
  if (!display.empty()) document.AddString(coding, "display", display);
}

Element* AddStep(Document& document, std::string_view state, std::string_view at) {
  Element* step = document.Add(document.root, "extension", true);
  document.AddString(step, "url", kStepUrl);
  Element* part = document.Add(step, "extension", true);
  document.AddString(part, "url", "state");
  document.AddString(part, "valueCode", state);
  if (!at.empty()) {
    part = document.Add(step, "extension", true);
    document.AddString(part, "url", "at");
    document.AddString(part, "valueDateTime", at);
  }
  return step;
}

}  // namespace fhir::pathway
