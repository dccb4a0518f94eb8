// The steps in their order. Accounting closes last: it asks which scalars stand in the finished transaction.
#include "adapters/gp/connect/transaction.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "adapters/base/ledger.h"
#include "adapters/base/search_url.h"
#include "adapters/base/sha256.h"
#include "adapters/gp/connect/conform.h"
#include "adapters/gp/connect/keys.h"
#include "adapters/gp/connect/provenance.h"
#include "adapters/gp/connect/references.h"
#include "fhir/mapping/engine.h"

namespace adapters::gp::connect {

using fhir::Element;
using fhir::Result;
using fhir::Severity;

namespace {

// A resource of the transaction: a translated entry, or what a care-planning code became.
struct Output {
  std::string r4_type, key_system, key_value, uuid;
  Element* resource = nullptr;
  bool is_nobodys = false;
};

class Transaction {
 public:
  Transaction(Record record, const Maps& maps) : record_(std::move(record)), maps_(maps), ledger_(record_.received) {}

  Result<Adapted> Run() {
    BindReceived();
    AssignKeys(record_, ledger_, report().outcome);
    RewriteReferences(record_, maps_.registry(), ledger_);
    for (Entry& entry : record_.entries) {
      if (entry.fate != Fate::kStored) continue;
      TRY(Translate(entry));
    }
    NoteIds();
    Conform();
    Assemble();
    TRY(Account());
    return std::move(adapted_);
  }

 private:
  fhir::Document& output() { return adapted_.transaction; }
  Report& report() { return adapted_.report; }

  // So that the report can say of what type a value is.
  void BindReceived() {
    for (Element* entry = record_.received.root->Find("entry"); entry; entry = entry->next) {
      Element* resource = entry->name == "entry" ? entry->Find("resource") : nullptr;
      const Kind* kind = resource && resource->is_resource ? FindKind(resource->text) : nullptr;
      if (kind) fhir::schema::Bind(*resource, maps_.registry(), maps_.ModelOf(*kind));
    }
  }

  Result<Element*> Map(const fhir::mapping::Group& group, const Element& source) {
    fhir::IssueSink issues(1'000);
    fhir::mapping::TransformContext context;
    context.issues = &issues;
    context.coverage = &coverage_;
    const Element* sources[] = {&source};
    auto made = fhir::mapping::Transform(maps_.set(), group, sources, output(), context);
    for (const fhir::Issue& issue : issues.issues()) {
      if (ledger_.ExplainAt(issue.expression, issue.text)) continue;
      report().outcome.Report(issue.severity == Severity::kInformation ? Severity::kInformation : Severity::kWarning, issue.code,
                              issue.text, issue.expression);
    }
    return made;
  }

  Result<void> Translate(Entry& entry) {
    fhir::schema::Bind(*entry.resource, maps_.registry(), maps_.ModelOf(*entry.kind));
    TRY_ASSIGN(entry.output, Map(maps_.GroupOf(*entry.kind), *entry.resource));
    outputs_.push_back(
        {std::string(entry.kind->r4_type), entry.key_system, entry.key_value, entry.uuid, entry.output, entry.kind->is_nobodys});
    types_["urn:uuid:" + entry.uuid] = entry.kind->r4_type;
    for (const CarePlanningCode& code : maps_.care_planning()) {
      if (code.on != entry.kind->type || !HasCode(*entry.resource, code)) continue;
      TRY(Derive(entry, code));
    }
    return {};
  }

  static bool HasCode(const Element& resource, const CarePlanningCode& code) {
    const Element* said = resource.Find("code");
    if (!said) return false;
    for (const Element& coding : fhir::Repeats(*said, "coding")) {
      if (coding.ValueOf("code") == code.code && coding.ValueOf("system") == code.system) return true;
    }
    return false;
  }

  // What the entry means for care planning, as a resource of its own that points back to the entry.
  Result<void> Derive(const Entry& entry, const CarePlanningCode& code) {
    TRY_ASSIGN(Element * made, Map(*maps_.CarePlanningGroup(code.group), *entry.resource));
    if (!made->first_child) return {};
    Output derived{code.r4_type, IdSystem(record_), entry.key_value + "/" + code.suffix, {}, made, false};
    derived.uuid = DerivedUuid(derived.r4_type + "|" + derived.key_system + "|" + derived.key_value);
    Element* identifier = output().Add(made, "identifier", true);
    output().AddString(identifier, "system", derived.key_system);
    output().AddString(identifier, "value", derived.key_value);
    const bool one = code.r4_type == "Task";
    Element* link = output().Add(made, one ? "reasonReference" : code.r4_type == "Goal" ? "addresses" : "supportingInfo", !one);
    output().AddString(link, "reference", "urn:uuid:" + entry.uuid);
    types_["urn:uuid:" + derived.uuid] = derived.r4_type;
    outputs_.push_back(std::move(derived));
    return {};
  }

  // Where the first identifier says the id too, the id stands in the output wherever that identifier does.
  void NoteIds() {
    std::unordered_map<std::uint32_t, std::uint32_t> id_of;  // leaf of identifier.value -> leaf of id
    for (const Entry& entry : record_.entries) {
      if (!entry.output) continue;
      const Element* id = entry.resource->Find("id");
      const Element* value = entry.resource->Walk("identifier", "value");
      if (id && value && value->text == id->text && value->leaf != id->leaf) id_of[value->leaf] = id->leaf;
    }
    std::vector<fhir::mapping::Coverage::Pair> also;
    for (const auto& pair : coverage_.pairs()) {
      if (const auto at = id_of.find(pair.leaf); at != id_of.end()) also.push_back({at->second, pair.target});
    }
    for (const auto& pair : also) coverage_.Note(pair.leaf, pair.target);
  }

  void Conform() {
    Conformer conformer(maps_.registry(), output(), coverage_, ledger_, [this](std::string_view reference) -> std::string_view {
      const auto at = types_.find(std::string(reference));
      return at == types_.end() ? std::string_view() : std::string_view(at->second);
    });
    for (Output& out : outputs_) conformer.Conform(*out.resource);
  }

  void AddRequest(Element* entry, const std::string& method, const std::string& url, bool is_nobodys) {
    Element* request = output().Add(entry, "request");
    if (!record_.as_of.empty()) {
      Element* as_of = output().Add(request, "extension", true);
      output().AddString(as_of, "url", std::string(kBase) + "StructureDefinition/as-of");
      output().AddString(as_of, "valueInstant", record_.as_of);
    }
    if (is_nobodys) {
      Element* keep = output().Add(request, "extension", true);
      output().AddString(keep, "url", std::string(kBase) + "StructureDefinition/keep-richer");
      output().AddBoolean(keep, "valueBoolean", true);
    }
    output().AddString(request, "method", method);
    output().AddString(request, "url", url);
  }

  Element* AddEntry(const std::string& uuid, Element* resource) {
    Element* entry = output().Add(output().root, "entry", true);
    output().AddString(entry, "fullUrl", "urn:uuid:" + uuid);
    resource->name = "resource";
    output().Attach(entry, resource);
    return entry;
  }

  void Assemble() {
    std::ranges::sort(outputs_, {}, [](const Output& out) { return std::tie(out.r4_type, out.key_system, out.key_value); });
    output().root = output().NewResource("Bundle");
    output().AddString(output().root, "type", "transaction");
    std::vector<std::string> targets;
    std::vector<const Element*> resources;
    for (const Output& out : outputs_) {
      Element* entry = AddEntry(out.uuid, out.resource);
      AddRequest(entry, "PUT", out.r4_type + "?" + IdentifierSearch(out.key_system, out.key_value), out.is_nobodys);
      if (out.is_nobodys) continue;   // what belongs to nobody comes from many messages
      targets.push_back(out.uuid);
      resources.push_back(out.resource);
    }
    Element* provenance = MakeProvenance(record_, Fingerprint(record_, resources), targets, output());
    const std::string id(provenance->ValueOf("id"));
    AddRequest(AddEntry(id, provenance), "PUT", "Provenance/" + id, false);
  }

  void ExplainBundle() {
    for (const Element& child : fhir::Children(*record_.received.root)) {
      if (child.name == "entry") continue;
      ledger_.ExplainAll(child, "it is of the message, not of the record", Severity::kInformation);
      if (child.name == "type" && child.value() != "collection") {
        report().outcome.Report(Severity::kWarning, "value",
                                "A GP Connect record is a Bundle of type collection; this one is of another type.", "Bundle.type");
      }
    }
  }

  Result<void> Account() {
    ExplainBundle();
    for (const Entry& entry : record_.entries) {
      if (!entry.received) continue;
      ++report().entries_in;
      if (const Element* url = entry.received->Find("fullUrl")) {
        ledger_.Explain(url->leaf, "entries get a place of their own in the transaction", Severity::kInformation);
      }
      if (entry.fate == Fate::kStored) {
        ++report().entries_stored;
      } else if (entry.fate == Fate::kMerged) {
        ++report().entries_merged;
      } else {
        ++report().entries_reported;
        ReportEntry(entry);
      }
    }
    if (report().entries_stored + report().entries_merged + report().entries_reported != report().entries_in) {
      return fhir::Error(fhir::ErrorKind::kInternal, "The accounting of this message's entries does not add up; nothing was stored.");
    }
    return ledger_.Close(coverage_.CarriedIn(*output().root, record_.received.leaf_count), report());
  }

  void ReportEntry(const Entry& entry) {
    if (entry.kind) return;
    const std::string reason =
        entry.resource ? "GP Connect has no resource of type " + std::string(entry.resource->text) + ", and no mapping carries it"
                       : std::string("the entry has no resource");
    ledger_.ExplainAll(*entry.received, reason);
    report().outcome.Report(Severity::kWarning, "not-supported", "The entry was not taken in: " + reason + ".", entry.path);
  }

  Record record_;
  const Maps& maps_;
  Ledger ledger_;
  Adapted adapted_;
  fhir::mapping::Coverage coverage_;
  std::vector<Output> outputs_;
  std::unordered_map<std::string, std::string> types_;  // of the transaction's urn:uuid references
};

}  // namespace

Result<Adapted> AdaptRecord(std::string_view bytes, const Maps& maps) {
  TRY_ASSIGN(Record record, ReadRecord(bytes));
  Transaction transaction(std::move(record), maps);
  return transaction.Run();
}

}  // namespace adapters::gp::connect
