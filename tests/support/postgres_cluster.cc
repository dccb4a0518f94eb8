// See postgres_cluster.h. What starts and stops is postgres_cluster.sh beside it.
#include "tests/support/postgres_cluster.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

namespace careloom_test {

namespace {

namespace fs = std::filesystem;

int RunScript(const std::string& arguments) {
  const int status = std::system((std::string(CARELOOM_SOURCE_DIR) + "/tests/support/postgres_cluster.sh " + arguments + " >&2").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string NewFolder() {
  std::string pattern = "/tmp/careloom-postgres-XXXXXX";
  return mkdtemp(pattern.data()) ? pattern : std::string();
}

// Databases that this process made, dropped at its end.
struct Databases {
  std::vector<std::string> names;
  ~Databases() {
    for (const std::string& name : names) PostgresCluster::Shared()->Sql("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }
};

}  // namespace

std::unique_ptr<PostgresCluster> PostgresCluster::Make(std::string_view conf) {
  std::string folder = NewFolder();
  const int code = RunScript("start " + folder + " " + std::to_string(::getpid()));
  std::unique_ptr<PostgresCluster> cluster(new PostgresCluster(std::move(folder), true));
  if (code != 0) return nullptr;
  if (!conf.empty()) {
    std::ofstream(cluster->folder_ + "/data/postgresql.conf", std::ios::app) << conf << "\n";
    if (!cluster->Stop("fast") || !cluster->Start()) return nullptr;
  }
  return cluster;
}

PostgresCluster* PostgresCluster::Shared() {
  static const std::unique_ptr<PostgresCluster> shared = []() -> std::unique_ptr<PostgresCluster> {
    const char* folder = std::getenv("CARELOOM_TEST_POSTGRES");
    if (!folder) return Make();
    std::unique_ptr<PostgresCluster> of_run(new PostgresCluster(folder, false));
    return fs::exists(of_run->socket()) ? std::move(of_run) : nullptr;
  }();
  return shared.get();
}

PostgresCluster::~PostgresCluster() {
  if (owned_) RunScript("remove " + folder_);
}

std::string PostgresCluster::Url(std::string_view database) const { return "host=" + folder_ + " user=careloom dbname=" + std::string(database); }

fs::path PostgresCluster::socket() const { return folder_ + "/.s.PGSQL.5432"; }

std::string PostgresCluster::Sql(std::string_view sql, std::string_view database) const {
  const std::string command = "psql -X -q -A -t -v ON_ERROR_STOP=1 -d \"" + Url(database) + "\" 2>&1 <<'SQL'\n" + std::string(sql) + "\nSQL\n";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return "ERROR";
  std::string out;
  char block[4096];
  for (std::size_t count; (count = std::fread(block, 1, sizeof block, pipe)) > 0;) out.append(block, count);
  const int status = ::pclose(pipe);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return status == 0 ? out : "ERROR " + out;
}

bool PostgresCluster::Start() { return RunScript("start " + folder_) == 0; }
bool PostgresCluster::Stop(std::string_view mode) { return RunScript("stop " + folder_ + " " + std::string(mode)) == 0; }
void PostgresCluster::Signal(std::string_view name) { RunScript("signal " + folder_ + " " + std::string(name)); }

std::string PostgresUrlFor(const fs::path& folder) {
  const PostgresCluster* cluster = PostgresCluster::Shared();
  if (!cluster) return {};
  static Databases databases;
  const fs::path note = folder / "database";
  std::ifstream in(note);
  std::string name{std::istreambuf_iterator<char>(in), {}};
  if (name.empty()) {
    static std::atomic<int> made = 0;
    name = "t" + std::to_string(::getpid()) + "_" + std::to_string(++made);
    databases.names.push_back(name);
    if (const std::string failed = cluster->Sql("CREATE DATABASE " + name); !failed.empty()) std::fprintf(stderr, "%s\n", failed.c_str());
    std::ofstream(note) << name;
  }
  return cluster->Url(name);
}

}  // namespace careloom_test
