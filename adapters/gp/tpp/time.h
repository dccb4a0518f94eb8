// Times of the reporting set, "24 Feb 2024 09:30:00", local time of the United Kingdom, and of FHIR.
#pragma once

#include <string>
#include <string_view>

namespace adapters::gp::tpp {

// FHIR's dateTime: a midnight is a day ("2024-02-24"), any other time has the offset that holds then ("2024-07-01T09:30:00+01:00";
// in the hour that comes twice in October, summer's). Empty: no such time; allowed are also the day alone and small or capital letters.
std::string ReadTime(std::string_view cell);
// The way back: a dateTime or date of FHIR as the set writes it, in UK local time. What is not a whole day is given back as it is.
std::string WriteTime(std::string_view fhir);

}  // namespace adapters::gp::tpp
