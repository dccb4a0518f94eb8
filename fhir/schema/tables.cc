// The tables of facts to what the registry holds.
#include <charconv>

#include "fhir/schema/columns.h"
#include "fhir/schema/registry_impl.h"
#include "fhir/schema/type_builder.h"

namespace fhir::schema {
namespace {

constexpr std::string_view kTypeUrl = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::size_t kManyCodes = 16;

TypeKind KindOf(std::string_view word) {
  if (word == "resource") return TypeKind::kResource;
  return word == "primitive-type" ? TypeKind::kPrimitive : TypeKind::kComplex;
}

std::uint16_t Count(std::string_view digits) {
  std::uint16_t count = kUnbounded;   // "*"
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

Result<void> LoadTypes(std::string_view table, Registry::Impl& impl) {
  TypeBuilder builder(impl);
  bool fits = true;
  EachLine(table, [&](std::string_view line) {
    const auto column = Columns<6>(line);
    if (column[0] == "T") {
      Type head;
      head.name = column[1];
      head.url = impl.arena.Copy(std::string(kTypeUrl).append(head.name));
      head.kind = KindOf(column[2]);
      if (head.kind == TypeKind::kPrimitive) head.primitive = PrimitiveOf(head.name);
      head.is_abstract = column[4] == "a";
      head.constraints = SplitList(column[5], ',');
      builder.AddType(head, column[3], head.name);
      if (head.kind == TypeKind::kResource && !head.is_abstract) impl.resources.push_back(head.name);
      return;
    }
    std::string_view cardinality = column[1];
    const std::uint16_t min = Count(Take(cardinality, '.'));
    Take(cardinality, '.');
    fits = builder.AddElement({column[0], min, Count(cardinality), column[2], column[3], column[4], column[5]}) && fits;
  });
  if (!fits) return Error(ErrorKind::kInternal, "an element of the R4 facts stands before its parent");
  return builder.Finish();
}

void LoadSearchParameters(std::string_view table, Registry::Impl& impl) {
  EachLine(table, [&](std::string_view line) {
    SearchParameter& parameter = impl.search_parameters.emplace_back();
    parameter.code = Take(line, '\t');
    parameter.url = Take(line, '\t');
    parameter.type = Take(line, '\t');
    parameter.bases = SplitList(Take(line, '\t'), ',');
    parameter.expression = Take(line, '\t');
    const std::string_view targets = Take(line, '\t');
    parameter.targets = targets == "*" ? impl.resources : SplitList(targets, ',');
    while (!line.empty()) {
      const std::string_view definition = Take(line, '\t');
      parameter.components.push_back({definition, Take(line, '\t')});
    }
  });
}

void LoadCodes(std::string_view table, Registry::Impl& impl) {
  CodeSystem* system = nullptr;
  EachLine(table, [&](std::string_view line) {
    const std::string_view code = Take(line, '\t');
    if (code.empty()) {
      system = &impl.systems[line];
      return;
    }
    system->index.emplace(code, static_cast<std::uint32_t>(system->codes.size()));
    system->codes.push_back({code, line.empty() ? code : line});
  });
}

void LoadValueSets(std::string_view table, Registry::Impl& impl) {
  std::vector<ValueSetPart>* parts = nullptr;
  EachLine(table, [&](std::string_view line) {
    const std::string_view sign = Take(line, '\t');
    if (sign == "V") {
      parts = &impl.value_sets[line];
      return;
    }
    ValueSetPart& part = parts->emplace_back();
    part.sign = sign[0];
    part.system = Take(line, '\t');
    part.codes = SplitList(line, '\t');
    if (part.codes.size() > kManyCodes) part.many.insert(part.codes.begin(), part.codes.end());
    const auto whole = impl.systems.find(part.system);
    if (part.codes.empty() && whole != impl.systems.end()) part.whole = &whole->second;
  });
}

}  // namespace

Result<void> LoadTables(const Facts& facts, Registry::Impl& impl) {
  TRY(LoadTypes(facts.types, impl));
  EachLine(facts.constraints, [&](std::string_view line) {
    const auto column = Columns<4>(line);
    impl.constraints.emplace(column[0], Constraint{column[0].substr(0, column[0].find('@')), column[1] != "w", column[2], column[3]});
  });
  LoadSearchParameters(facts.search_parameters, impl);
  LoadSearchParameters(facts.own_search_parameters, impl);
  LoadCodes(facts.codes, impl);
  LoadValueSets(facts.value_sets, impl);
  return {};
}

}  // namespace fhir::schema
