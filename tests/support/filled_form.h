// A QuestionnaireResponse in which every item of a form is answered: repeating ones twice, each with a text of its own.
#pragma once

#include <string>
#include <string_view>

#include "fhir/model/element.h"

namespace careloom_test {

class FilledForm {
 public:
  // `only` decides by linkId whether an item is answered; null: all are.
  static fhir::Document Make(const fhir::Element& questionnaire, const std::string& subject, bool (*only)(std::string_view link) = nullptr) {
    FilledForm form(only);
    fhir::Element* root = form.document_.root = form.document_.NewResource("QuestionnaireResponse");
    form.document_.AddString(root, "questionnaire", questionnaire.ValueOf("url"));
    form.document_.AddString(root, "status", "completed");
    form.document_.AddString(form.document_.Add(root, "subject"), "reference", subject);
    form.document_.AddString(root, "authored", "2026-10-01T09:30:00Z");
    form.Items(questionnaire, root);
    return std::move(form.document_);
  }

 private:
  explicit FilledForm(bool (*only)(std::string_view)) : only_(only) {}

  void Items(const fhir::Element& asked, fhir::Element* owner) {
    for (const fhir::Element& item : fhir::Repeats(asked, "item")) {
      if (only_ && !only_(item.ValueOf("linkId"))) continue;
      const int times = item.ValueOf("repeats") == "true" ? 2 : 1;
      fhir::Element* made = nullptr;
      for (int i = 0; i < times; ++i) {
        const bool is_group = item.ValueOf("type") == "group";
        if (is_group || !made) {
          made = document_.Add(owner, "item", true);
          document_.AddString(made, "linkId", item.ValueOf("linkId"));
        }
        if (is_group) {
          Items(item, made);
        } else {
          Answer(item, document_.Add(made, "answer", true));
        }
      }
    }
  }

  void Answer(const fhir::Element& item, fhir::Element* answer) {
    const std::string number = std::to_string(++count_);
    const std::string_view type = item.ValueOf("type");
    if (type == "boolean") {
      document_.AddBoolean(answer, "valueBoolean", true);
    } else if (type == "decimal") {
      document_.AddNumber(answer, "valueDecimal", std::to_string(1 + count_ % 9) + ".50");
    } else if (type == "dateTime") {
      document_.AddString(answer, "valueDateTime", std::to_string(2000 + count_ % 1000) + "-03-04T05:06:07+01:00");
    } else if (type == "choice") {
      fhir::Element* coding = document_.Add(answer, "valueCoding");
      document_.AddString(coding, "system", "http://snomed.info/sct");
      document_.AddString(coding, "code", "9" + number);
      document_.AddString(coding, "display", "Concept " + number);
    } else if (type == "reference") {
      document_.AddString(document_.Add(answer, "valueReference"), "reference", "Account/b" + std::to_string(1 + count_ % 2));
    } else if (type == "url") {
      document_.AddString(answer, "valueUri", "https://example.org/film/" + number);
    } else {
      document_.AddString(answer, "valueString", "Words " + number + " <b>&amp; \"ünïcode\"</b>");
    }
  }

  fhir::Document document_;
  bool (*only_)(std::string_view);
  int count_ = 0;
};

}  // namespace careloom_test
