// Compiling: text to a program that threads share.
#include "fhir/path/expression.h"

#include "fhir/path/parser.h"

namespace fhir::path {

Result<Expression> Expression::Compile(std::string_view text, const schema::Registry& registry) {
  TRY_ASSIGN(NodePtr root, Parse(text));
  auto program = std::make_shared<Program>();
  program->root = std::move(root);
  program->registry = &registry;
  return Expression(std::move(program), std::string(text));
}

}  // namespace fhir::path
