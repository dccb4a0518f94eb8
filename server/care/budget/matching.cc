// Matching payments with the plan.
#include "server/care/budget/matching.h"

#include <algorithm>

#include "fhir/money/schedule.h"
#include "server/care/budget/entry.h"

namespace server::care::budget {

using fhir::Element;
using fhir::money::Day;
using fhir::money::Days;
using fhir::money::Kind;
using fhir::money::Pence;

namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

void AddCoding(const Element& coding, std::set<std::string>& names) {
  if (!coding.ValueOf("code").empty()) names.insert(std::string(coding.ValueOf("system")) + "|" + std::string(coding.ValueOf("code")));
  if (!coding.ValueOf("display").empty()) names.insert(Lower(coding.ValueOf("display")));
}

std::set<std::string> Reversed(const Ledger& ledger) {
  std::set<std::string> reversed;
  for (const StoredEntry& one : ledger.entries) {
    if (one.entry.kind == Kind::kReversal && one.entry.part_of) reversed.insert(*one.entry.part_of);
  }
  return reversed;
}

const StoredBudget* LeafOf(const Family& family, const std::string& account) {
  for (const StoredBudget* leaf : family.Leaves()) {
    if (leaf->budget.id == account) return leaf;
  }
  return nullptr;
}

Pence CostOf(const StoredEntry& line, const StoredBudget& leaf, Day first, Day last) {
  if (!line.entry.plan) return 0;
  const auto within = fhir::money::Within(*line.entry.plan, leaf.budget.period);
  return within ? fhir::money::CostIn(*within, first, last).value_or(0) : 0;
}

bool HaveInCommon(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& one) { return b.contains(one); });
}

// In one order, whichever way the ledger was read.
std::vector<const StoredEntry*> InOrder(const Ledger& ledger, Kind kind) {
  std::vector<const StoredEntry*> entries;
  for (const StoredEntry& one : ledger.entries) {
    if (one.entry.kind == kind && one.entry.counts) entries.push_back(&one);
  }
  std::ranges::sort(entries, {}, [](const StoredEntry* one) { return std::pair(one->entry.day, one->entry.id); });
  return entries;
}

}  // namespace

std::set<std::string> NamesOf(const Element& value) {
  std::set<std::string> names;
  if (value.has_value()) {
    names.insert(Lower(value.value()));
  } else if (value.Find("code")) {
    AddCoding(value, names);
  } else {
    for (const Element& coding : fhir::Repeats(value, "coding")) AddCoding(coding, names);
    if (!value.ValueOf("text").empty()) names.insert(Lower(value.ValueOf("text")));
  }
  return names;
}

Allowance::Allowance(const Family& family, const Ledger& ledger, const Days& period, const std::set<std::string>& again) {
  for (const StoredEntry* one : InOrder(ledger, Kind::kPlanned)) {
    const StoredBudget* leaf = LeafOf(family, one->entry.account);
    const Element* code = one->charge_item.root->Find("code");
    if (!leaf || !code) continue;
    const Pence allowed = CostOf(*one, *leaf, period.first, *period.last);
    lines_.push_back({one, NamesOf(*code), allowed, allowed});
  }
  const std::set<std::string> reversed = Reversed(ledger);
  for (const StoredEntry* spend : InOrder(ledger, Kind::kSpend)) {
    if (reversed.contains(spend->entry.id) || !period.Has(spend->entry.day)) continue;
    if (std::ranges::any_of(spend->entry.keys, [&](const std::string& key) { return again.contains(key); })) continue;
    Pence amount = spend->entry.amount.pence;
    for (const Element& extension : fhir::Repeats(*spend->charge_item.root, "extension")) {
      if (extension.ValueOf("url") != kPlannedLine) continue;
      const Element* reference = extension.Find("valueReference");
      const auto id = reference ? fhir::money::IdOf(reference->ValueOf("reference"), "ChargeItem") : std::nullopt;
      const auto line = std::ranges::find_if(lines_, [&](const Line& candidate) { return id && candidate.entry->entry.id == *id; });
      if (line == lines_.end()) continue;
      const Pence used = std::min(line->left, amount);
      line->left -= used;
      amount -= used;
    }
  }
}

Match Allowance::Take(const std::set<std::string>& names, const std::set<std::string>& goals, Pence amount) {
  Match match;
  bool is_known = false, fits_goal = false, is_planned_then = false;
  std::vector<Line*> candidates;
  for (Line& line : lines_) {
    if (!HaveInCommon(line.names, names)) continue;
    is_known = true;
    const std::set<std::string> own(line.entry->entry.goals.begin(), line.entry->entry.goals.end());
    if (!goals.empty() && !HaveInCommon(own, goals)) continue;
    fits_goal = true;
    if (line.allowed == 0) continue;
    is_planned_then = true;
    if (line.left == 0) continue;
    candidates.push_back(&line);
    match.allowed += line.left;
  }
  match.is_matched = match.allowed >= amount && !candidates.empty();
  if (!match.is_matched) {
    match.reason = !is_known ? "not-in-plan" : !fits_goal ? "other-goal" : !is_planned_then ? "not-planned-then" : "over-plan";
    return match;
  }
  for (Line* line : candidates) {
    if (amount == 0 && !match.lines.empty()) break;
    const Pence used = std::min(line->left, amount);
    line->left -= used;
    amount -= used;
    match.lines.push_back("ChargeItem/" + line->entry->entry.id);
    match.goals.insert(line->entry->entry.goals.begin(), line->entry->entry.goals.end());
  }
  return match;
}

std::vector<Overdue> WhatIsOverdue(const Family& family, const Ledger& ledger, const Days& period, const std::vector<Days>& returned) {
  // The days before that no return is about.
  std::vector<Days> gaps;
  std::vector<Days> covered = returned;
  std::ranges::sort(covered, {}, &Days::first);
  const Day end = period.first - 1;
  Day at = period.first;
  for (const StoredEntry& one : ledger.entries) at = std::min(at, one.entry.day);   // nothing is overdue before anything was
  at = std::max(at, family.head.budget.period.first);
  for (const Days& days : covered) {
    if (days.first > at && at <= end) gaps.push_back({at, std::min(days.first - 1, end)});
    at = std::max(at, days.last.value_or(end) + 1);
  }
  if (at <= end) gaps.push_back({at, end});
  std::vector<Overdue> overdue;
  for (const StoredEntry* line : InOrder(ledger, Kind::kPlanned)) {
    const StoredBudget* leaf = LeafOf(family, line->entry.account);
    if (!leaf) continue;
    const std::string& mechanism = line->entry.mechanism.empty() ? leaf->budget.mechanism : line->entry.mechanism;
    if (mechanism != "direct-payment" && mechanism != "third-party") continue;
    for (const Days& gap : gaps) {
      const Pence cost = CostOf(*line, *leaf, gap.first, *gap.last);
      if (cost > 0) overdue.push_back({"ChargeItem/" + line->entry.id, gap, cost});
    }
  }
  const std::set<std::string> reversed = Reversed(ledger);
  for (const StoredEntry* transfer : InOrder(ledger, Kind::kTransfer)) {
    if (reversed.contains(transfer->entry.id)) continue;
    const Day day = transfer->entry.day;
    if (std::ranges::any_of(gaps, [&](const Days& gap) { return gap.Has(day); })) overdue.push_back({"ChargeItem/" + transfer->entry.id, {day, day}, transfer->entry.amount.pence});
  }
  return overdue;
}

}  // namespace server::care::budget
