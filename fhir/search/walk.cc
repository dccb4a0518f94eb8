// Building and following of the tree of steps.
#include "fhir/search/walk.h"

#include <algorithm>
#include <utility>

namespace fhir::search {
namespace {

using path::Node;
using path::NodeKind;

bool IsTypeName(std::string_view name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

// resolve() is Type, on the focus.
bool IsTargetTest(const Node& node) {
  if (node.kind != NodeKind::kIs || !node.type.space.empty()) return false;
  const Node* call = node.operand();
  return call && call->kind == NodeKind::kFunction && call->text == "resolve" && !call->operand();
}

// member = 'text', on the focus.
bool IsTextTest(const Node& node) {
  if (node.kind != NodeKind::kBinary || node.op != path::BinaryOp::kEqual) return false;
  const Node &left = *node.parts[0], &right = *node.parts[1];
  return left.kind == NodeKind::kMember && !left.operand() && right.kind == NodeKind::kLiteral && right.literal.type == path::SystemType::kString;
}

// The resource type that a reference names; empty when it does not.
std::string_view TargetType(const Element& reference) {
  std::string_view text = reference.has_value() ? reference.text : reference.ValueOf("reference");
  if (!text.empty() && text[0] == '#') {
    const Element* resource = reference.Resource();
    if (resource && resource->name == "contained" && resource->parent) resource = resource->parent->Resource();
    if (!resource) return {};
    if (text.size() == 1) return resource->text;
    for (const Element& contained : Repeats(*resource, "contained")) {
      if (contained.ValueOf("id") == text.substr(1)) return contained.resource_type();
    }
    return {};
  }
  text = text.substr(0, text.find("/_history/"));
  const std::size_t id = text.rfind('/');
  if (id != std::string_view::npos && text.substr(0, 4) != "urn:") {
    text = text.substr(0, id);
    const std::size_t type = text.rfind('/');
    return type == std::string_view::npos ? text : text.substr(type + 1);
  }
  return reference.ValueOf("type");
}

bool IsNamed(const Element& child, std::string_view name) {
  return child.name == name || (child.definition && child.definition->is_choice && child.definition->name == name);
}

}  // namespace

bool WalkNode::FunctionStep(const Node& call, std::vector<Step>& steps) {
  if (call.text == "as" || call.text == "ofType") {
    if (call.type.space == "System") return false;
    steps.push_back({Kind::kType, call.type.name, {}, nullptr});
    return true;
  }
  if (call.text == "extension" && call.parts[1]->kind == NodeKind::kLiteral) {
    steps.push_back({Kind::kMember, "extension", {}, nullptr});
    steps.push_back({Kind::kEquals, "url", call.parts[1]->literal.text, nullptr});
    return true;
  }
  if (call.text != "where") return false;
  const Node& test = *call.parts[1];
  if (IsTargetTest(test)) {
    steps.push_back({Kind::kTargetType, test.type.name, {}, nullptr});
    return true;
  }
  if (IsTextTest(test)) {
    steps.push_back({Kind::kEquals, test.parts[0]->text, test.parts[1]->literal.text, nullptr});
    return true;
  }
  return false;
}

bool WalkNode::Steps(const Node& path, std::vector<Step>& steps) {
  if (path.operand() && path.kind != NodeKind::kBinary && !Steps(*path.operand(), steps)) return false;
  switch (path.kind) {
    case NodeKind::kMember:
      // The leading type name: the caller has seen that it fits.
      if (!path.operand() && IsTypeName(path.text)) return true;
      steps.push_back({Kind::kMember, path.text, {}, nullptr});
      return true;
    case NodeKind::kAs:
      if (path.type.space == "System") return false;
      steps.push_back({Kind::kType, path.type.name, {}, nullptr});
      return true;
    case NodeKind::kFunction: return path.operand() && FunctionStep(path, steps);
    default: return false;
  }
}

WalkNode& WalkNode::Follow(Step step) {
  std::vector<Step>& steps = step.kind == Kind::kMember ? members_ : filters_;
  const auto same = std::find_if(steps.begin(), steps.end(), [&](const Step& other) {
    return other.kind == step.kind && other.name == step.name && other.text == step.text;
  });
  if (same != steps.end()) return *same->next;
  step.next = std::make_unique<WalkNode>();
  return *steps.emplace_back(std::move(step)).next;
}

bool WalkNode::AddPath(const Node& path, const Emission& emission) {
  std::vector<Step> steps;
  if (!Steps(path, steps)) return false;
  WalkNode* node = this;
  for (Step& step : steps) node = &node->Follow(std::move(step));
  node->emissions_.push_back(emission);
  return true;
}

bool WalkNode::Passes(const Step& step, const Element& element) {
  switch (step.kind) {
    case Kind::kType:
      if (!element.type) return element.is_resource && element.text == step.name;
      return element.type->kind == schema::TypeKind::kPrimitive ? element.type->name == step.name : element.type->IsA(step.name);
    case Kind::kTargetType: return TargetType(element) == step.name;
    case Kind::kEquals: {
      const Element* member = element.Find(step.name);
      return member && !member->NextRepeat() && member->value() == step.text;
    }
    case Kind::kMember: break;
  }
  return false;
}

void WalkNode::Collect(const Element& element, std::vector<IndexValue>& out) const {
  for (const Emission& emission : emissions_) emission.convert(&element, *emission.parameter, out);
  for (const Step& filter : filters_) {
    if (Passes(filter, element)) filter.next->Collect(element, out);
  }
  if (members_.empty()) return;
  for (const Element& child : Children(element)) {
    for (const Step& member : members_) {
      if (IsNamed(child, member.name)) member.next->Collect(child, out);
    }
  }
}

}  // namespace fhir::search
