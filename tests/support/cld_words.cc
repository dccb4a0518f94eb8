// The tables of words. Where a list is not published, what a council might write.
#include "tests/support/cld_words.h"

#include <map>

namespace careloom_test {

namespace {

using Column = adapters::council::cld::Column;
using Table = std::map<Column, std::vector<CldWord>>;

Table Person() {
  return {
      {Column::kGender, {{"Male", "", 42}, {"Female", "", 56}, {"Other", "", 1}, {"Unknown", "", 1}}},
      {Column::kEthnicity,
       {{"White: English, Welsh, Scottish, Northern Irish or British", "", 60},
        {"White: Irish", "", 3},
        {"White: Gypsy or Irish Traveller", ""},
        {"White: Roma", ""},
        {"White: Any other White background", "", 5},
        {"Asian or Asian British: Bangladeshi", "", 2},
        {"Asian or Asian British: Chinese", ""},
        {"Asian or Asian British: Indian", "", 3},
        {"Asian or Asian British: Pakistani", "", 3},
        {"Asian or Asian British: Any other Asian background", "", 2},
        {"Black, Black British, Caribbean or African: African", "", 3},
        {"Black, Black British, Caribbean or African: Caribbean", "", 3},
        {"Black, Black British, Caribbean or African: Any other Black, Black British or Caribbean background", ""},
        {"Mixed or multiple ethnic groups: White and Asian", ""},
        {"Mixed or multiple ethnic groups: White and Black African", ""},
        {"Mixed or multiple ethnic groups: White and Black Caribbean", ""},
        {"Mixed or multiple ethnic groups: Any other Mixed or multiple ethnic background", ""},
        {"Other ethnic group: Arab", ""},
        {"Other ethnic group: Any other ethnic group", "", 2},
        {"No data: Refused", "", 2},
        {"No data: Undeclared or not known", "", 6}}},
      {Column::kClientType,
       {{"Service user", "Service User", 80}, {"Unpaid carer", "Carer", 17}, {"Unpaid carer known by association", "Carer known by association", 3}}},
      {Column::kPrimarySupportReason,
       {{"Physical support: Access and mobility only", "Physical Support: Access & mobility only", 15},
        {"Physical support: Personal care support", "Physical Support: Personal care support", 38},
        {"Sensory support: Support for visual impairment", "Sensory Support: Support for visual impairment", 2},
        {"Sensory support: Support for hearing impairment", "Sensory Support: Support for hearing impairment", 2},
        {"Sensory support: Support for dual impairment", "Sensory Support: Support for dual impairment"},
        {"Support with memory and cognition", "Support with Memory & Cognition", 12},
        {"Learning disability support", "Learning Disability Support", 12},
        {"Mental health support", "Mental Health Support", 9},
        {"Social support: Substance misuse support", "Social Support: Substance misuse support"},
        {"Social support: Asylum seeker support", "Social Support: Asylum seeker support"},
        {"Social support: Support for social isolation or other reason", "Social Support: Support for Social Isolation/Other", 3},
        {"Social support: Support to unpaid carer", "Social Support: Support to carer", 3},
        {"Unknown", ""}}},
      {Column::kAccommodationStatus,
       {{"Owner occupier or shared ownership scheme", "Owner occupier / shared ownership scheme", 35},
        {"Tenant: Local authority or other social housing provider", "Tenant - Local authority / other social housing provider", 20},
        {"Tenant: Private landlord", "Tenant - Private landlord", 8},
        {"Settled mainstream housing with family or friends", "Settled mainstream housing with family / friends", 8},
        {"Supported accommodation, supported lodgings or supported group home", "Supported accommodation / supported lodgings / supported group home", 5},
        {"Shared Lives scheme", ""},
        {"Approved premises for offenders released from prison or under probation supervision", "Approved premises for offenders released from prison / under probation supervision"},
        {"Sheltered housing, extra care housing or other sheltered housing", "Sheltered housing / extra care housing / other sheltered housing", 5},
        {"Mobile accommodation for Gypsy, Roma and Traveller communities", "Mobile accommodation for Gypsy / Roma and Traveller communities"},
        {"Rough sleeper or squatting", "Rough sleeper / squatting"},
        {"Night shelter, emergency hostel or direct access hostel", "Night shelter / emergency hostel / direct access hostel"},
        {"Refuge", ""},
        {"Placed in temporary accommodation by the council (inc. homelessness resettlement)", ""},
        {"Staying with family or friends as a short term guest", "Staying with family / friends as a short term guest"},
        {"Acute hospital or long term healthcare residential facility", "Acute hospital / long term healthcare residential facility", 2},
        {"Registered care home", "", 6},
        {"Registered nursing home", "", 4},
        {"Prison, young offenders institution or detention centre", "Prison / young offenders institution / detention centre"},
        {"Other temporary accommodation", ""},
        {"Unknown", "", 3}}},
      {Column::kEmploymentStatus,
       {{"Paid: Less than 16 hours a week", "", 4},
        {"Paid: 16 or more hours a week", "", 5},
        {"Paid: Hours per week unknown", "", 1},
        {"Not in paid employment: Seeking work", "", 3},
        {"Not in paid employment: Not actively seeking work or retired", "", 70},
        {"Not in paid employment: Voluntary work only", "", 2},
        {"Unknown", "", 15}}},
  };
}

Table Health() {
  return {
      {Column::kHasUnpaidCarer, {{"Yes", "", 45}, {"No", "", 45}, {"Unknown", "", 10}}},
      {Column::kAutism, {{"Yes", "", 5}, {"No", "", 85}, {"Unknown", "", 10}}},
      {Column::kDementia, {{"Yes", "", 15}, {"No", "", 75}, {"Unknown", "", 10}}},
      {Column::kVisualImpairment,
       {{"Blind/severely sight impaired", "", 3},
        {"Partial sight/sight impaired", "", 6},
        {"No visual impairment", "", 80},
        {"Visual impairment: Severity unknown", "", 2},
        {"Unknown", "", 9}}},
      {Column::kHearingImpairment,
       {{"Deaf with speech", "", 2},
        {"Deaf without speech", "", 2},
        {"Hard of hearing", "", 10},
        {"No hearing impairment", "", 75},
        {"Hearing impairment: Severity unknown", "", 2},
        {"Unknown", "", 9}}},
      {Column::kClientFundingStatus,
       {{"Fully client funded", "", 10},
        {"Joint client and social care funded", "", 45},
        {"Fully social care funded", "", 35},
        {"Unknown", "", 10}}},
      {Column::kHoursCaring, {{"1-19", "", 30}, {"20-49", "", 25}, {"50-99", "", 25}, {"100 or more", "", 15}, {"Unknown", "", 5}}},
  };
}

Table Events() {
  return {
      {Column::kEventType, {{"Request", ""}, {"Assessment", ""}, {"Service", ""}, {"Review", ""}}},
      {Column::kEventOutcome,
       {{"Progress to reablement/ST-Max", "", 5},
        {"Progress to assessment, review or reassessment", "Progress to Re-assessment / Unplanned Review", 15},
        {"Progress to support planning or services", "Progress to Support Planning / Services", 20},
        {"Continuation of support or services", "No change in package", 20},
        {"Admitted to hospital", "", 4},
        {"NFA: Responsibility moved to another local authority", "NFA - Moved to another LA", 1},
        {"NFA: Referral to NHS services or NHS funded social care", "NFA - 100% NHS funded care", 3},
        {"NFA: Self-funded client or under 12wk disregard", "NFA - Self-funded client (Inc. 12wk disregard)", 3},
        {"NFA: Information and advice or signposting", "NFA - Information & Advice / Signposting only", 12},
        {"NFA: Referral to other service within the local authority", "", 2},
        {"NFA: Support declined", "", 3},
        {"NFA: Deceased", "", 2},
        {"NFA: Support ended as planned", "Service ended as planned", 6},
        {"NFA: Support ended for other reason", "", 2},
        {"NFA: No services offered for other reason", "No services provided \xE2\x80\x93 other", 2},
        {"NFA: Other", "NFA- Other", 2}}},
      {Column::kRouteOfAccess,
       {{"Planned entry: Transition", "Planned Entry (Transition)", 4},
        {"Discharge from hospital", "Discharge from Hospital", 25},
        {"Diversion from hospital services", "Diversion from Hospital Services", 5},
        {"Community or other route", "Community / Other route", 55},
        {"From prison", "Prison"},
        {"Self-funder with depleted funds", "Self-Funder", 4},
        {"Discharge from reablement", "Discharge from Reablement", 4},
        {"Transfer from other local authority", "Transfer from Other LA", 2}}},
      {Column::kAssessmentType, {{"Short term assessment", "", 25}, {"Long term assessment", "", 75}}},
      {Column::kEligibleNeeds, {{"Yes", "", 65}, {"No", "", 30}, {"Unknown", "", 5}}},
      {Column::kMethodOfAssessment, {{"Person only", "Service user only", 70}, {"Unpaid carer only", "Carer only", 10}, {"Person and unpaid carer", "Service user and carer", 20}}},
      {Column::kReviewReason,
       {{"Planned review", "Planned", 50},
        {"Unplanned: Hospital", "Unplanned - Hospital (Planned and unplanned episodes)", 15},
        {"Unplanned: Carer related", "Unplanned - Carer related", 8},
        {"Unplanned: Safeguarding concern", "Unplanned - Safeguarding concern", 5},
        {"Unplanned: Other reason", "Unplanned - Other Reason", 12},
        {"Unplanned: Provider failure", "Unplanned - Provider Failure", 2},
        {"Unplanned: Change in commissioning arrangements", "Unplanned - Change in Commissioning arrangements", 3},
        {"Review of short term support", "", 5}}},
      {Column::kReviewOutcomes, {{"Fully met", "Fully Met", 50}, {"Partially met", "Partially Met", 40}, {"Not met", "Not Met", 10}}},
      {Column::kMethodOfReview, {{"Person only", "Service user only", 60}, {"Unpaid carer only", "Carer only", 10}, {"Person and unpaid carer", "Service user and carer", 30}}},
  };
}

Table Services() {
  return {
      {Column::kServiceType,
       {{"Short term support: ST-Max", "Short Term Support: ST-Max", 10},
        {"Short term support: Ongoing low level", "Short Term Support: Ongoing Low Level", 6},
        {"Short term support: Other short term", "Short Term Support: Other Short Term", 6},
        {"Long term support: Nursing care", "Long Term Support: Nursing Care", 10},
        {"Long term support: Residential care", "Long Term Support: Residential Care", 20},
        {"Long term support: Community", "Long Term Support: Community", 46},
        {"Long term support: Prison", "Long Term Support: Prison", 1},
        {"Unpaid carer support: Direct to unpaid carer", "Carer Support: Direct to Carer", 70},
        {"Unpaid carer support: Support involving the person cared-for", "Carer Support: Support involving the person cared-for", 30}}},
      {Column::kServiceComponent,
       {{"Reablement", ""},
        {"Short term nursing care", ""},
        {"Short term residential care", ""},
        {"Long term nursing care", ""},
        {"Long term residential care", ""},
        {"Home support or domiciliary care", "", 45},
        {"Day support", "", 12},
        {"Meals", "", 3},
        {"Transport", "", 4},
        {"Equipment", "", 5},
        {"Direct payment", "", 18},
        {"Shared Lives", "", 2},
        {"Community supported living", "", 8},
        {"Extra care housing", "", 3},
        {"Professional support: Social worker", "", 2},
        {"Professional support: Other", "", 2},
        {"Learning, education or employment support", "", 2},
        {"End of life care", ""},
        {"Emergency support", ""},
        {"Other short term support", "", 2},
        {"Other long term support", "", 3},
        {"Unpaid carer respite", "", 40},
        {"Unpaid carer sitting service", "", 20},
        {"Unpaid carer universal services", "", 20},
        {"Other unpaid carer support", "", 20}}},
      {Column::kDeliveryMechanism,
       {{"Direct payment", "Direct Payment", 25},
        {"CASSR managed personal budget", "CASSR Managed Personal Budget", 45},
        {"CASSR commissioned support", "CASSR Commissioned Support", 30}}},
      {Column::kCostFrequency,
       {{"Per session", "", 6},
        {"Hourly", "", 35},
        {"Daily", "", 6},
        {"Weekly", "", 35},
        {"Fortnightly", "", 2},
        {"4-weekly", "", 8},
        {"Monthly", "", 4},
        {"Quarterly", "", 1},
        {"Annually", "", 1},
        {"One-off", "", 4}}},
  };
}

}  // namespace

const std::vector<CldWord>& CldWords(adapters::council::cld::Column column) {
  static const Table table = [] {
    Table all = Person();
    all.merge(Health());
    all.merge(Events());
    all.merge(Services());
    return all;
  }();
  static const std::vector<CldWord> none;
  const auto at = table.find(column);
  return at == table.end() ? none : at->second;
}

}  // namespace careloom_test
