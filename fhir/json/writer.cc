// Canonical JSON from an element tree.
#include "fhir/json/writer.h"

namespace fhir::json {
namespace {

class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void Object(const Element& element) {
    out_ += '{';
    ++depth_;
    bool first = true;
    if (element.is_resource) {
      Member("resourceType", first);
      WriteString(element.text, out_);
    }
    for (const Element* child = element.first_child; child;) child = Field(*child, first);
    --depth_;
    if (!first) Break();
    out_ += '}';
  }

 private:
  void Break() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  void Member(std::string_view name, bool& first, bool shadow = false) {
    if (!first) out_ += ',';
    first = false;
    Break();
    out_ += shadow ? "\"_" : "\"";
    out_ += name;
    out_ += pretty_ ? "\": " : "\":";
  }

  static bool IsPrimitive(const Element& e) { return e.kind != ValueKind::kNone; }

  void Value(const Element& e) {
    switch (e.kind) {
      case ValueKind::kString: WriteString(e.text, out_); break;
      case ValueKind::kNumber:
      case ValueKind::kBoolean: out_ += e.text; break;
      case ValueKind::kNull:
      case ValueKind::kNone: out_ += "null"; break;
    }
  }

  // Writes the field that starts with `element`, all its repeats; returns what follows.
  const Element* Field(const Element& element, bool& first) {
    const Element* end = &element;
    bool values = false, shadows = false, objects = false;
    do {
      if (IsPrimitive(*end)) {
        values = values || end->has_value();
        shadows = shadows || end->first_child;
      } else {
        objects = true;
      }
      end = end->next;
    } while (end && end->name == element.name);
    if (objects) {
      Items(element, end, first, false);
    } else {
      if (values) Items(element, end, first, false);
      if (shadows) Items(element, end, first, true);
    }
    return end;
  }

  void Items(const Element& element, const Element* end, bool& first, bool shadow) {
    Member(element.name, first, shadow);
    const bool array = element.in_array || element.next != end;
    if (array) {
      out_ += '[';
      ++depth_;
    }
    for (const Element* at = &element; at != end; at = at->next) {
      if (at != &element) out_ += ',';
      if (array) Break();
      if (shadow) {
        if (at->first_child) Object(*at); else out_ += "null";
      } else if (IsPrimitive(*at)) {
        Value(*at);
      } else {
        Object(*at);
      }
    }
    if (array) {
      --depth_;
      Break();
      out_ += ']';
    }
  }

  std::string& out_;
  bool pretty_;
  std::size_t depth_ = 0;
};

}  // namespace

void WriteString(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

void Write(const Element& element, std::string& out) { Writer(out, false).Object(element); }

std::string Write(const Element& element) {
  std::string out;
  Write(element, out);
  return out;
}

std::string WritePretty(const Element& element) {
  std::string out;
  Writer(out, true).Object(element);
  return out;
}

}  // namespace fhir::json
