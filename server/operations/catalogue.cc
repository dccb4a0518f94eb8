// The operations, one a line.
#include "server/operations/catalogue.h"

#include <array>

#include "server/operations/handlers.h"

namespace server::operations {

using http::BodySize;
using http::kAdmin;
using http::kKnownClient;
using http::kOpen;
using http::Level;
using http::Route;

std::span<const Route> Catalogue() {
  static constexpr std::array kRoutes = {
      Route{"live", "GET", "/health/live", Level::kServer, false, kOpen, Live, "the process answers"},
      Route{"ready", "GET", "/health/ready", Level::kServer, false, kOpen, Ready, "it can do its work; else the reasons, as codes"},
      Route{"metrics", "GET", "/metrics", Level::kServer, false, kAdmin, Metrics, "figures for Prometheus"},
      Route{"inbox-receive", "POST", "/inbox/[adapter]", Level::kServer, true, kKnownClient, InboxReceive, "keeps a file of an outside system, to be made resources", {}, BodySize::kFile},
      Route{"inbox-list", "GET", "/inbox", Level::kServer, false, kKnownClient, InboxList, "the messages received, newest first"},
      Route{"inbox-show", "GET", "/inbox/[id]", Level::kServer, false, kKnownClient, InboxShow, "a message with the report of what became of it"},
      Route{"inbox-bytes", "GET", "/inbox/[id]/bytes", Level::kServer, false, kKnownClient, InboxBytes, "a message as it came"},
      Route{"inbox-replay", "POST", "/inbox/[id]/replay", Level::kServer, true, kKnownClient, InboxReplay, "processes a message again"},
      Route{"everything", "GET", "/Patient/[id]/$everything", Level::kInstance, false, kKnownClient, Everything, "all of a person's record and what it refers to"},
      Route{"everything", "POST", "/Patient/[id]/$everything", Level::kInstance, false, kKnownClient, nullptr, "all of a person's record", "Use GET."},
      Route{"everything", "GET", "/Patient/$everything", Level::kType, false, kKnownClient, nullptr, "the records of all people", "Ask for one Patient at a time."},
      Route{"apply", "POST", "/PlanDefinition/[id]/$apply", Level::kInstance, true, kKnownClient, Apply, "opens a plan for a person from a template and stores it"},
      Route{"apply", "GET", "/PlanDefinition/[id]/$apply", Level::kInstance, false, kKnownClient, Apply, "the plan that POST would open, without an id; stores nothing"},
      Route{"apply", "POST", "/PlanDefinition/$apply", Level::kType, true, kKnownClient, Apply, "the same, with the template or its url as planDefinition"},
      Route{"apply", "GET", "/PlanDefinition/$apply", Level::kType, false, kKnownClient, Apply, "the same, with the template's url as planDefinition"},
      Route{"extract", "POST", "/QuestionnaireResponse/$extract", Level::kType, true, kKnownClient, Extract, "a form's answers as resources: a transaction, stored with store=true"},
      Route{"extract", "POST", "/QuestionnaireResponse/[id]/$extract", Level::kInstance, true, kKnownClient, Extract, "the same of a stored response"},
      Route{"extract", "GET", "/QuestionnaireResponse/[id]/$extract", Level::kInstance, false, kKnownClient, Extract, "the same of a stored response"},
      Route{"populate", "GET", "/Questionnaire/[id]/$populate", Level::kInstance, false, kKnownClient, Populate, "a form answered with what is stored of a person; stores nothing"},
      Route{"populate", "POST", "/Questionnaire/[id]/$populate", Level::kInstance, false, kKnownClient, Populate, "a form answered with what is stored of a person; stores nothing"},
      Route{"populate", "GET", "/Questionnaire/$populate", Level::kType, false, kKnownClient, Populate, "the same, with the form's url as questionnaire"},
      Route{"populate", "POST", "/Questionnaire/$populate", Level::kType, false, kKnownClient, Populate, "the same, with the form's url as questionnaire"},
      Route{"document", "GET", "/Composition/[id]/$document", Level::kInstance, false, kKnownClient, MakeDocument, "a document Bundle of a stored Composition"},
      Route{"document", "POST", "/Composition/[id]/$document", Level::kInstance, true, kKnownClient, MakeDocument, "a document Bundle of a stored Composition, stored with persist=true"},
      Route{"document", "GET", "/Composition/$document", Level::kType, false, kKnownClient, MakeDocument, "a document Bundle of a plan (plan=CarePlan/id), readable under the PRSB's headings"},
      Route{"document", "POST", "/Composition/$document", Level::kType, true, kKnownClient, MakeDocument, "the same, stored with persist=true"},
      Route{"changes", "GET", "/CarePlan/[id]/$changes", Level::kInstance, false, kKnownClient, Changes, "who changed what of a plan, from which system, when"},
      Route{"validate", "POST", "/[type]/$validate", Level::kType, false, kKnownClient, Validate, "findings about a resource; stores nothing"},
      Route{"validate", "POST", "/[type]/[id]/$validate", Level::kInstance, false, kKnownClient, Validate, "findings about a resource as an update; stores nothing"},
      Route{"propose", "POST", "/Account/$propose", Level::kType, true, kKnownClient, BudgetPropose, "an indicative personal budget, shared out among its funders, with its planned lines"},
      Route{"agree", "POST", "/Account/[id]/$agree", Level::kInstance, true, kKnownClient, BudgetAgree, "a personal budget is agreed, with its amounts by funder and the agreement on direct payments"},
      Route{"record", "POST", "/Account/[id]/$record", Level::kInstance, true, kKnownClient, BudgetRecord, "an entry of a personal budget's ledger, once for its key"},
      Route{"statement", "GET", "/Account/[id]/$statement", Level::kInstance, false, kKnownClient, BudgetStatement, "every figure of a personal budget, by funder, mechanism and goal, with the entries that it comes from"},
      Route{"statement", "POST", "/Account/[id]/$statement", Level::kInstance, false, kKnownClient, BudgetStatement, "every figure of a personal budget, by funder, mechanism and goal, with the entries that it comes from"},
      Route{"reconcile", "POST", "/Account/[id]/$reconcile", Level::kInstance, true, kKnownClient, BudgetReconcile, "a return on direct payments, recorded and compared with the plan"},
      Route{"close", "POST", "/Account/[id]/$close", Level::kInstance, true, kKnownClient, BudgetClose, "the end of a personal budget, with its final statement"},
      Route{"transition", "POST", "/Task/[id]/$transition", Level::kInstance, true, kKnownClient, TaskTransition, "the next step of a Task on a pathway of personalised care"},
      Route{"pathway-figures", "GET", "/Task/$pathway-figures", Level::kType, false, kKnownClient, PathwayFigures, "how many reached each state of a pathway, and how long it took"},
      Route{"review", "POST", "/$review", Level::kSystem, true, kKnownClient, ReviewNow, "Flags and Tasks for what is overdue or out of hand now"},
      Route{"meta", "GET", "/[type]/[id]/$meta", Level::kInstance, false, kKnownClient, nullptr, "the meta of a resource", "Read the resource."},
      Route{"expand", "GET", "/ValueSet/$expand", Level::kType, false, kKnownClient, nullptr, "the codes of a value set", "Careloom is no terminology server yet."},
      Route{"validate-code", "GET", "/ValueSet/$validate-code", Level::kType, false, kKnownClient, nullptr, "is a code in a value set", "Careloom is no terminology server yet."},
      Route{"lookup", "GET", "/CodeSystem/$lookup", Level::kType, false, kKnownClient, nullptr, "what is known of a code", "Careloom is no terminology server yet."},
      Route{"translate", "POST", "/ConceptMap/$translate", Level::kType, false, kKnownClient, nullptr, "a code's like in another system", "Use 'careloom transform'."},
      Route{"transform", "POST", "/StructureMap/$transform", Level::kType, false, kKnownClient, nullptr, "a mapping applied", "Use 'careloom transform'."},
      Route{"export", "GET", "/$export", Level::kSystem, false, kKnownClient, nullptr, "bulk export", "Page through searches, or use careloom export beside the server."},
  };
  return kRoutes;
}

}  // namespace server::operations
