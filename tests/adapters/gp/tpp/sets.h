// What tests of the reporting sets share: the adapter, a store for it, and sets as text.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "adapters/base/multipart.h"
#include "adapters/base/people_file.h"
#include "adapters/catalogue.h"
#include "tests/adapters/council/cld/people.h"
#include "tests/support/file_read.h"
#include "tests/support/tpp_generator.h"

namespace careloom_test::tpp {

inline const adapters::Adapter& Tpp() {
  static const auto adapter = [] {
    auto opened = adapters::FindAdapter("tpp")->open({});
    EXPECT_TRUE(opened) << opened.error().ToString();
    return *std::move(opened);
  }();
  return *adapter;
}

using Reading = FileRead;

inline Reading Read(std::string_view bytes, const adapters::FileOptions& options = {}) {
  return ReadToEnd(*Tpp().people_file(), bytes, options, bytes.size());
}

// Findings with their places, one a line.
inline std::string Findings(const adapters::Report& report) {
  std::string text;
  for (const fhir::Issue& issue : report.outcome.issues()) text += issue.expression + ": " + issue.text + "\n";
  return text;
}

// The set that a store gives back, by table and row id: only what is not empty.
using Cells = std::map<std::string, std::map<std::string, std::map<std::string, std::string>>>;

inline Cells CellsOf(const TppTable& table) {
  Cells cells;
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < table.header.size(); ++i) {
      if (!row[i].empty() && row[i] != "NULL") cells[table.name][row[table.Column("RowIdentifier")]][table.header[i]] = row[i];
    }
  }
  return cells;
}

inline Cells CellsOf(const TppSet& set) {
  Cells cells;
  for (const TppTable& table : set.tables) cells.merge(CellsOf(table));
  return cells;
}

inline Cells Emit(const CldStore& store) {
  const adapters::PeopleFile& format = *Tpp().people_file();
  std::vector<std::string> files = format.FileHeads();
  for (const std::string& person : store.people()) {
    const auto emitted = format.EmitPerson(store.Of(person), {});
    EXPECT_TRUE(emitted) << emitted.error().ToString();
    for (std::size_t i = 0; emitted && i < files.size(); ++i) files[i] += emitted->files.empty() ? "" : emitted->files[i];
  }
  Cells cells;
  for (std::size_t i = 0; i < files.size(); ++i) cells.merge(CellsOf(ReadTppTable(format.FileNames()[i].substr(0, format.FileNames()[i].find('.')), files[i])));
  return cells;
}

// The first cells that differ, in words; empty: none.
inline std::string Difference(const Cells& sent, const Cells& back) {
  std::string text;
  const auto say = [&](const Cells& a, const Cells& b, const char* whose) {
    for (const auto& [table, rows] : a) {
      for (const auto& [id, row] : rows) {
        for (const auto& [column, cell] : row) {
          const auto t = b.find(table);
          const auto r = t == b.end() ? rows.end() : t->second.find(id);
          const bool there = t != b.end() && r != t->second.end() && r->second.contains(column) && r->second.at(column) == cell;
          if (!there && text.size() < 2'000) text += std::string(whose) + " " + table + " " + id + " " + column + " '" + cell + "'\n";
        }
      }
    }
  };
  say(sent, back, "sent, not back:");
  say(back, sent, "back, not sent:");
  return text;
}

}  // namespace careloom_test::tpp
