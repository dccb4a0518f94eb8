// Writing of narratives.
#include "server/care/plan/narrative.h"

#include <array>

#include "fhir/base/date_time.h"

namespace server::care::plan {

using fhir::Element;
using fhir::Repeats;

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n': out += "<br/>"; break;
      case '\r': break;
      case '\t': out += ' '; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

void Narrative::Heading(std::string_view text, int level) {
  const std::string tag = "h" + std::to_string(level);
  out_ += "<" + tag + ">" + Escape(text) + "</" + tag + ">";
}

void Narrative::CloseList() {
  constexpr std::string_view kOpened = "<ul>";
  if (out_.ends_with(kOpened)) {
    out_.resize(out_.size() - kOpened.size());
  } else {
    out_ += "</ul>";
  }
}

void Narrative::Paragraph(std::string_view text) { out_ += "<p>" + Escape(text) + "</p>"; }

void Narrative::Line(std::string_view label, std::string_view words) {
  if (words.empty()) return;
  out_ += "<li><b>" + Escape(label) + ":</b> " + Escape(words) + "</li>";
}

void Narrative::OpenItem(std::string_view label, std::string_view words) { out_ += "<li><b>" + Escape(label) + (words.empty() ? "</b>" : ":</b> " + Escape(words)); }

std::string HumanDate(std::string_view date) {
  static constexpr std::array<std::string_view, 12> kMonths = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
  const auto parsed = fhir::DateTime::Parse(date);
  if (!parsed || !parsed->has_date || parsed->precision < fhir::DatePrecision::kMonth) return std::string(date);
  std::string text = std::string(kMonths[static_cast<std::size_t>(parsed->month - 1)]) + " " + std::to_string(parsed->year);
  if (parsed->precision >= fhir::DatePrecision::kDay) text = std::to_string(parsed->day) + " " + text;
  if (parsed->precision >= fhir::DatePrecision::kMinute) text += ", " + std::string(date.substr(11, 5));
  return text;
}

std::string HumanConcept(const Element* concept_element) {
  if (!concept_element) return {};
  if (const Element* text = concept_element->Find("text")) return std::string(text->text);
  const Element* coding = concept_element->Find("coding");
  return coding ? HumanValue(*coding) : std::string();
}

std::string HumanValue(const Element& value) {
  if (value.kind == fhir::ValueKind::kBoolean) return value.text == "true" ? "yes" : "no";
  if (value.has_value()) return value.name.find("Date") != std::string_view::npos ? HumanDate(value.text) : std::string(value.text);
  for (const std::string_view name : {"display", "text", "code", "url"}) {
    if (const Element* found = value.Find(name)) return std::string(found->value());
  }
  if (const Element* amount = value.Find("value")) {
    const Element* unit = value.Find("currency") ? value.Find("currency") : value.Find("unit");
    return std::string(amount->value()) + (unit ? " " + std::string(unit->value()) : std::string());
  }
  return {};
}

namespace {

std::string Words(const Element& item) {
  std::string words;
  for (const Element& answer : Repeats(item, "answer")) {
    for (const Element& value : fhir::Children(answer)) {
      if (value.name.starts_with("value")) words += (words.empty() ? "" : "\n") + HumanValue(value);
    }
  }
  return words;
}

bool IsOwnWords(std::string_view link) { return link.ends_with(".coded") || link.ends_with(".text"); }

// What the group says itself: its code's words and its own.
std::string OwnWords(const Element& group) {
  std::string words;
  for (const Element& item : Repeats(group, "item")) {
    if (!IsOwnWords(item.ValueOf("linkId"))) continue;
    const std::string next = Words(item);
    words += (words.empty() || next.empty() ? "" : "\n") + next;
  }
  return words;
}

void Items(const Element& asked, const Element& given, std::string_view parts, Narrative& narrative) {
  bool open = false;
  for (const Element& question : Repeats(asked, "item")) {
    const std::string_view link = question.ValueOf("linkId");
    if (IsOwnWords(link)) continue;   // stands behind the group's label
    if (!parts.empty() && parts.find(" " + std::string(link) + " ") == std::string_view::npos) continue;
    for (const Element& item : Repeats(given, "item")) {
      if (item.ValueOf("linkId") != link) continue;
      if (!open) narrative.OpenList();
      open = true;
      if (question.ValueOf("type") == "group") {
        narrative.OpenItem(question.ValueOf("text"), OwnWords(item));
        Items(question, item, {}, narrative);
        narrative.CloseItem();
      } else {
        narrative.Line(question.ValueOf("text"), Words(item));
      }
    }
  }
  if (open) narrative.CloseList();
}

}  // namespace

void AddAnswers(const Element& questionnaire, const Element& response, std::string_view parts, Narrative& narrative) { Items(questionnaire, response, parts, narrative); }

}  // namespace server::care::plan
