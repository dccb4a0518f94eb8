// See identity.h.
#include "server/interactions/identity.h"

#include <algorithm>
#include <charconv>

#include "adapters/base/nhs_number.h"

namespace server::interactions {

using fhir::Document;
using fhir::Element;

namespace {

constexpr std::string_view kReplacedBy = "replaced-by", kReplaces = "replaces";
constexpr int kUnnamed = 1'000'000;   // after every line of the table

// UK Core's and Care Connect's extensions of several ages: …/Extension-UKCore-NHSNumberVerificationStatus and so on.
// Codes are "01" to "08", or in words; only verified is no objection.
bool IsVerifiedOrSilent(const Element& identifier) {
  for (const Element& extension : fhir::Repeats(identifier, "extension")) {
    if (extension.ValueOf("url").find("NHSNumberVerificationStatus") == std::string_view::npos) continue;
    const Element* code = extension.Walk("valueCodeableConcept", "coding", "code");
    if (!code || (code->value() != "01" && code->value() != "number-present-and-verified")) return false;
  }
  return true;
}

// 9999999999 and its like pass modulus 11 and are written where the number is not known: they would join strangers.
bool IsFiller(std::string_view number) { return number.find_first_not_of(number.front()) == std::string_view::npos; }

// The id in "Patient/x" or "Patient/x/_history/1"; empty when the link does not join or leads elsewhere.
std::string_view JoinedId(const Element& link) {
  const std::string_view type = link.ValueOf("type");
  const Element* reference = link.Walk("other", "reference");
  if ((type != kReplacedBy && type != kReplaces) || !reference) return {};
  std::string_view id = reference->value();
  if (!id.starts_with("Patient/")) return {};
  id.remove_prefix(8);
  return id.substr(0, id.find('/'));
}

void AddJoin(Document& patient, std::string_view id, std::string_view type) {
  Element* link = patient.Add(patient.root, "link", true);
  patient.AddString(patient.Add(link, "other"), "reference", "Patient/" + std::string(id));
  patient.AddString(link, "type", type);
}

// Detaches the links that `is_unwanted` names; true when there were any.
template <typename Predicate>
bool RemoveLinks(Element& patient, Predicate is_unwanted) {
  bool any = false;
  Element* next = nullptr;
  for (Element* link = patient.first_child; link; link = next) {
    next = link->next;
    if (link->name != "link" || !is_unwanted(*link)) continue;
    Document::Detach(link);
    any = true;
  }
  return any;
}

}  // namespace

std::set<std::string> JoiningNumbers(const Element& patient) {
  std::set<std::string> numbers;
  for (const Element& identifier : fhir::Repeats(patient, "identifier")) {
    const std::string_view value = identifier.ValueOf("value");
    if (identifier.ValueOf("system") != adapters::kNhsNumberSystem || !adapters::IsNhsNumber(value) || IsFiller(value)) continue;
    if (identifier.ValueOf("use") != "old" && IsVerifiedOrSilent(identifier)) numbers.emplace(value);
  }
  return numbers;
}

int PrecedenceOf(const Element& patient) {
  int best = kUnnamed;
  std::string_view table = PrecedenceTable();
  while (!table.empty()) {
    const std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(table.size(), line.size() + 1));
    int rank = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), rank);
    const auto after = static_cast<std::size_t>(end - line.data());
    if (error != std::errc() || after + 1 >= line.size()) continue;   // a remark
    const std::string_view prefix = line.substr(after + 1);
    for (const Element& identifier : fhir::Repeats(patient, "identifier")) {
      if (identifier.ValueOf("system").starts_with(prefix)) best = std::min(best, rank);
    }
  }
  return best;
}

std::set<std::string> JoinedWith(const Element& patient) {
  std::set<std::string> ids;
  for (const Element& link : fhir::Repeats(patient, "link")) {
    const std::string_view id = JoinedId(link);
    if (!id.empty() && id != patient.ValueOf("id")) ids.emplace(id);
  }
  return ids;
}

bool RemoveJoin(Element& patient, std::string_view id) {
  return RemoveLinks(patient, [&](const Element& link) { return JoinedId(link) == id; });
}

bool SetJoins(Document& patient, std::string_view id, const Standing& standing) {
  const bool survives = id == standing.survivor;
  std::set<std::string, std::less<>> person(standing.others.begin(), standing.others.end()), wanted;
  person.insert(standing.survivor);
  for (const std::string& one : person) {
    if (survives ? one != id : one == standing.survivor) wanted.insert(one);
  }
  const std::string_view type = survives ? kReplaces : kReplacedBy;
  bool changed = RemoveLinks(*patient.root, [&](const Element& link) {
    const std::string_view target = JoinedId(link);
    if (!person.contains(target)) return false;
    const auto found = wanted.find(target);
    if (found == wanted.end() || link.ValueOf("type") != type) return true;
    wanted.erase(found);
    return false;
  });
  for (const std::string& one : survives ? standing.others : std::vector<std::string>{standing.survivor}) {
    if (!wanted.contains(one)) continue;
    AddJoin(patient, one, type);
    changed = true;
  }
  return changed;
}

void CarryJoins(const Element& stored, Document& patient) {
  for (const Element& link : fhir::Repeats(stored, "link")) {
    const std::string_view id = JoinedId(link), type = link.ValueOf("type");
    if (id.empty()) continue;
    const auto there = fhir::Repeats(*patient.root, "link");
    bool is_there = false;
    for (const Element& other : there) is_there = is_there || (JoinedId(other) == id && other.ValueOf("type") == type);
    if (!is_there) patient.Attach(patient.root, patient.Copy(link));
  }
}

}  // namespace server::interactions
