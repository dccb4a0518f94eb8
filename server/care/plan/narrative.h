// XHTML that a person reads (https://hl7.org/fhir/R4/narrative.html): escaped text in headings, lists and paragraphs.
#pragma once

#include <string>
#include <string_view>

#include "fhir/model/element.h"

namespace server::care::plan {

class Narrative {
 public:
  void Heading(std::string_view text, int level = 2);
  void Paragraph(std::string_view text);
  // "Label: words"; nothing when there are no words.
  void Line(std::string_view label, std::string_view words);
  void OpenList() { out_ += "<ul>"; }
  // A list of nothing goes: a narrative must say something.
  void CloseList();
  // An item with a list to come; `words` stand behind its label, if any.
  void OpenItem(std::string_view label, std::string_view words = {});
  void CloseItem() { out_ += "</li>"; }
  bool empty() const { return out_.empty(); }
  // The whole div.
  std::string Take() const { return "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + out_ + "</div>"; }

 private:
  std::string out_;
};

// The five characters escaped, line breaks as <br/>, characters that XML has not left out.
std::string Escape(std::string_view text);

// "4 March 2026", "4 March 2026, 05:06"; "March 2026"; anything else as it is.
std::string HumanDate(std::string_view date);

// A code as its display, else its code; an amount with its currency; a reference as its display (an id
// says nothing to a person).
std::string HumanValue(const fhir::Element& value);
// The text of a CodeableConcept, else its first coding.
std::string HumanConcept(const fhir::Element* concept_element);

// Every answer of the items, with the form's own words: groups as nested lists. Answers no other than those whose item's first linkId part is in
// `parts` (with a blank on either side of each; empty: all). What a group says itself (`coded`, `text`) stands behind its label.
void AddAnswers(const fhir::Element& questionnaire, const fhir::Element& response, std::string_view parts, Narrative& narrative);

}  // namespace server::care::plan
