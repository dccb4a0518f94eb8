// RapidJSON's SAX events to an element tree. Its DOM would turn 1.00 into 1.0; here numbers stay text.
#include "fhir/json/reader.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <array>
#include <string>
#include <unordered_set>
#include <vector>

#include "fhir/base/utf8.h"

namespace fhir::json {
namespace {

// Names repeat endlessly within a document: each is kept once. Direct-mapped, so a miss costs one copy.
class Names {
 public:
  std::string_view Keep(std::string_view name, Arena& arena) {
    std::size_t hash = name.size();
    for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
    std::string_view& slot = slots_[hash & (slots_.size() - 1)];
    if (slot != name || slot.data() == nullptr) slot = arena.Copy(name);
    return slot;
  }

 private:
  std::array<std::string_view, 512> slots_{};
};

struct Frame {
  Element* element = nullptr;   // the object that is being filled; for an array, the object it is in
  bool is_array = false;
  std::uint32_t items = 0;
  std::unordered_set<std::string_view> wide;   // names so far, once they are many
  std::uint32_t members = 0;
};

constexpr std::uint32_t kLinearMembers = 24;

class Handler {
 public:
  Handler(Document& document, const ReadOptions& options) : document_(document), options_(options) {}

  bool Null() {
    ++document_.leaf_count;
    if (!InArray()) return Fail("null is only allowed in an array, in the place of a value that has only an id or extensions");
    Element* element = Place();
    if (!element) return false;
    element->kind = ValueKind::kNull;
    element->leaf = document_.leaf_count;
    return true;
  }
  bool Bool(bool value) { return Scalar(ValueKind::kBoolean, value ? "true" : "false"); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) { return Scalar(ValueKind::kNumber, {text, length}); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view value(text, length);
    if (!IsText(value)) return false;
    if (!frames_.empty() && !InArray() && key_ == "resourceType") {
      Element* element = frames_.back().element;
      element->is_resource = true;
      element->text = document_.arena().Copy(value);
      return value.empty() ? Fail("resourceType is empty") : true;
    }
    if (value.empty() && !options_.allow_empty) return Fail("an empty string is not allowed: leave the element out");
    return Scalar(ValueKind::kString, value);
  }
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  bool StartObject() {
    if (!CheckDepth()) return false;
    Element* element = nullptr;
    if (frames_.empty()) {
      element = document_.root = document_.New({});
    } else {
      element = Place();
      if (!element) return false;
    }
    frames_.push_back(Frame{element, false, 0, {}, 0});
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    Frame& frame = frames_.back();
    const std::string_view name(text, length);
    if (name.empty()) return Fail("a member without a name");
    if (!IsText(name)) return false;
    key_ = names_.Keep(name, document_.arena());
    if (!Remember(frame)) return Fail("the member \"" + std::string(name) + "\" stands twice");
    return true;
  }

  bool EndObject(rapidjson::SizeType) {
    Element* element = frames_.back().element;
    const bool has_shadows = frames_.back().members > 0 && MergeShadows(element);
    if (!error_.empty()) return false;
    if (!element->first_child && !element->is_resource && !has_shadows && !element->has_value()) {
      if (!options_.allow_empty) return Fail("an empty object is not allowed: leave the element out");
    }
    frames_.pop_back();
    key_ = element->name;
    return true;
  }

  bool StartArray() {
    if (!CheckDepth()) return false;
    if (frames_.empty()) return Fail("the document is an array; one object is expected");
    if (InArray()) return Fail("an array in an array is not allowed in FHIR");
    frames_.push_back(Frame{frames_.back().element, true, 0, {}, 0});
    return true;
  }

  bool EndArray(rapidjson::SizeType) {
    if (frames_.back().items == 0 && !options_.allow_empty) return Fail("an empty array is not allowed: leave the element out");
    frames_.pop_back();
    return true;
  }

  const std::string& error() const { return error_; }
  bool too_large() const { return too_large_; }
  // Where the reader is, as FHIRPath: the element that was being read.
  std::string Where() const {
    if (frames_.empty() || !frames_.back().element) return {};
    std::string path = PathOf(*frames_.back().element);
    if (!key_.empty() && key_ != "resourceType") {
      if (!path.empty()) path += '.';
      path += key_;
    }
    return path;
  }

 private:
  bool InArray() const { return !frames_.empty() && frames_.back().is_array; }

  bool Fail(std::string text) {
    if (error_.empty()) error_ = std::move(text);
    return false;
  }

  // RapidJSON would check UTF-8 too, several times slower, but pass half a surrogate pair (\uDC00).
  bool IsText(std::string_view text) {
    switch (FindTextFault(text)) {
      case TextFault::kNone: return true;
      case TextFault::kZero: return Fail("U+0000 is not allowed in a string");
      case TextFault::kNotUtf8: return Fail("not JSON: a string is not valid UTF-8, or holds half of a surrogate pair");
      case TextFault::kNoncharacter: return Fail("a string holds a code point that is no character, such as U+FFFE or U+FFFF");
    }
    return false;
  }

  bool CheckDepth() {
    if (frames_.size() < options_.max_depth) return true;
    return Fail("nested deeper than " + std::to_string(options_.max_depth) + " levels");
  }

  // Takes note of key_ in the object; false when it was there.
  bool Remember(Frame& frame) {
    ++frame.members;
    if (!frame.wide.empty()) return frame.wide.insert(key_).second;
    if (key_ == "resourceType") return !frame.element->is_resource;
    for (const Element* child = frame.element->first_child; child; child = child->next) {
      if (child->name == key_) return false;
    }
    if (frame.members > kLinearMembers) {
      for (const Element* child = frame.element->first_child; child; child = child->next) frame.wide.insert(child->name);
      if (frame.element->is_resource) frame.wide.insert("resourceType");
      return frame.wide.insert(key_).second;
    }
    return true;
  }

  // A new element for the value that starts now.
  Element* Place() {
    if (frames_.empty()) {
      Fail("the document is a bare value; one object is expected");
      return nullptr;
    }
    if (options_.max_elements > 0 && ++elements_ > options_.max_elements) {
      too_large_ = true;
      Fail("more than " + std::to_string(options_.max_elements) + " elements in one document");
      return nullptr;
    }
    Frame& frame = frames_.back();
    ++frame.items;
    Element* element = document_.arena().Make<Element>();
    element->name = key_;
    element->in_array = frame.is_array;
    element->parent = frame.element;
    Element* parent = frame.element;
    (parent->last_child ? parent->last_child->next : parent->first_child) = element;
    parent->last_child = element;
    return element;
  }

  bool Scalar(ValueKind kind, std::string_view text) {
    ++document_.leaf_count;
    Element* element = Place();
    if (!element) return false;
    element->kind = kind;
    element->text = kind == ValueKind::kBoolean ? (text == "true" ? "true" : "false") : document_.arena().Copy(text);
    element->leaf = document_.leaf_count;
    return true;
  }

  // Moves the content of each _field into its field. False when there was none.
  bool MergeShadows(Element* object) {
    bool found = false;
    for (Element* child = object->first_child; child;) {
      Element* following = child->next;
      if (child->name.size() > 1 && child->name[0] == '_') {
        found = true;
        while (following && following->name == child->name) following = following->next;
        if (!MergeShadow(object, child)) return true;
      }
      child = following;
    }
    return found;
  }

  bool MergeShadow(Element* object, Element* shadow) {
    const std::string_view field = names_.Keep(shadow->name.substr(1), document_.arena());
    const std::string_view shadow_name = shadow->name;
    Element* target = object->Find(field);
    if (target && target->in_array != shadow->in_array) {
      return Fail("\"" + std::string(shadow_name) + "\" and \"" + std::string(field) + "\" must both be arrays, or neither");
    }
    Element* last = nullptr;
    while (shadow && shadow->name == shadow_name) {
      Element* following = shadow->next;
      if (shadow->has_value() || shadow->is_resource) return Fail("\"" + std::string(shadow_name) + "\" may hold only an object with id and extension");
      if (!target) {   // the value itself is absent: the shadow becomes the element
        Document::Detach(shadow);
        shadow->name = field;
        shadow->kind = ValueKind::kNull;
        InsertAfter(object, last, shadow);
        last = shadow;
      } else {
        if (shadow->kind == ValueKind::kNull) ++document_.lost_nulls;
        for (Element* inner = shadow->first_child; inner; inner = inner->next) inner->parent = target;
        if (shadow->first_child) {
          target->first_child = shadow->first_child;
          target->last_child = shadow->last_child;
        }
        Document::Detach(shadow);
        last = target;
        target = target->next && target->next->name == field ? target->next : nullptr;
      }
      shadow = following;
    }
    for (const Element* item = object->Find(field); item; item = item->NextRepeat()) {
      if (item->kind == ValueKind::kNull && !item->first_child) return Fail("an item of \"" + std::string(field) + "\" has neither a value nor an id or extension");
    }
    return true;
  }

  static void InsertAfter(Element* parent, Element* before, Element* child) {
    child->parent = parent;
    if (!before) {   // at the end
      child->next = nullptr;
      (parent->last_child ? parent->last_child->next : parent->first_child) = child;
      parent->last_child = child;
      return;
    }
    child->next = before->next;
    before->next = child;
    if (parent->last_child == before) parent->last_child = child;
  }

  Document& document_;
  const ReadOptions& options_;
  Names names_;
  std::vector<Frame> frames_;
  std::string_view key_;
  std::size_t elements_ = 0;
  bool too_large_ = false;
  std::string error_;
};

std::string LineAndColumn(std::string_view bytes, std::size_t offset) {
  std::size_t line = 1, start = 0;
  for (std::size_t i = 0; i < offset && i < bytes.size(); ++i) {
    if (bytes[i] == '\n') {
      ++line;
      start = i + 1;
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(offset - start + 1);
}

}  // namespace

Result<Document> Read(std::string_view bytes, const ReadOptions& options) {
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    return Error(ErrorKind::kInvalid, "the JSON starts with a byte order mark; send plain UTF-8").WithIssueType("structure");
  }
  Document document;
  Handler handler(document, options);
  rapidjson::MemoryStream memory(bytes.data(), bytes.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  rapidjson::Reader reader;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (result.IsError()) {
    const std::string place = LineAndColumn(bytes, result.Offset());
    std::string text = handler.error();
    if (text.empty()) {
      text = bytes.empty() ? "the document is empty" : std::string("not JSON: ") + rapidjson::GetParseError_En(result.Code());
      if (result.Offset() >= bytes.size() && !bytes.empty()) text += " The document ends too early.";
    }
    if (handler.too_large()) return Error(ErrorKind::kTooLarge, text + ". Send it in parts.").At(handler.Where());
    return Error(ErrorKind::kInvalid, text + " (" + place + ")").WithIssueType("structure").At(handler.Where());
  }
  return document;
}

}  // namespace fhir::json
