// The table of columns.
#include "adapters/council/cld/columns.h"

#include <string>

namespace adapters::council::cld {

const std::array<ColumnFacts, kColumnCount>& Columns() {
  using C = Column;
  static constexpr std::array<ColumnFacts, kColumnCount> columns = {{
      {C::kLaCode, "LA Code", "la-code", Holds::kText, Of::kFile},
      {C::kPeriodStart, "Reporting Period Start Date", "reporting-period-start-date", Holds::kDate, Of::kFile},
      {C::kPeriodEnd, "Reporting Period End Date", "reporting-period-end-date", Holds::kDate, Of::kFile},
      {C::kNhsNumber, "NHS Number", "nhs-number", Holds::kText, Of::kPatient},
      {C::kPersonId, "LA Person Unique Identifier", "la-person-unique-identifier", Holds::kText, Of::kPatient},
      {C::kFirstName, "First Name", "first-name", Holds::kText, Of::kPatient},
      {C::kLastName, "Last Name", "last-name", Holds::kText, Of::kPatient},
      {C::kGpPracticeName, "GP Practice Name", "gp-practice-name", Holds::kText, Of::kPatient},
      {C::kGpPracticeCode, "GP Practice Code", "gp-practice-code", Holds::kText, Of::kPatient},
      {C::kGender, "Gender", "gender", Holds::kList, Of::kPatient},
      {C::kEthnicity, "Ethnicity", "ethnicity", Holds::kList, Of::kPatient},
      {C::kDateOfBirth, "Date of Birth", "date-of-birth", Holds::kDate, Of::kPatient},
      {C::kDateOfDeath, "Date of Death", "date-of-death", Holds::kDate, Of::kPatient},
      {C::kClientType, "Client Type", "client-type", Holds::kList, Of::kEvent},
      {C::kPrimarySupportReason, "Primary Support Reason", "primary-support-reason", Holds::kList, Of::kNeed},
      {C::kPostcode, "Postcode", "postcode", Holds::kText, Of::kPatient},
      {C::kAccommodationStatus, "Accommodation Status", "accommodation-status", Holds::kList, Of::kFact},
      {C::kEmploymentStatus, "Employment Status", "employment-status", Holds::kList, Of::kFact},
      {C::kHasUnpaidCarer, "Has Unpaid Carer", "has-unpaid-carer", Holds::kList, Of::kFact},
      {C::kAutism, "Autism Spectrum Disorder (ASD)", "autism-spectrum-disorder", Holds::kList, Of::kFact},
      {C::kVisualImpairment, "Visual Impairment", "visual-impairment", Holds::kList, Of::kFact},
      {C::kHearingImpairment, "Hearing Impairment", "hearing-impairment", Holds::kList, Of::kFact},
      {C::kDementia, "Dementia", "dementia", Holds::kList, Of::kFact},
      {C::kClientFundingStatus, "Client Funding Status", "client-funding-status", Holds::kList, Of::kFact},
      {C::kEventType, "Event Type", "event-type", Holds::kList, Of::kEvent},
      {C::kEventReference, "Event Reference", "event-reference", Holds::kText, Of::kEvent},
      {C::kEventStart, "Event Start Date", "event-start-date", Holds::kDate, Of::kEvent},
      {C::kEventEnd, "Event End Date", "event-end-date", Holds::kDate, Of::kEvent},
      {C::kEventDescription, "Event Description", "event-description", Holds::kText, Of::kEvent},
      {C::kEventOutcome, "Event Outcome", "event-outcome", Holds::kList, Of::kEvent},
      {C::kRouteOfAccess, "Request: Route of Access", "route-of-access", Holds::kList, Of::kEvent},
      {C::kAssessmentType, "Assessment Type", "assessment-type", Holds::kList, Of::kEvent},
      {C::kEligibleNeeds, "Eligible Needs Identified", "eligible-needs-identified", Holds::kList, Of::kEvent},
      {C::kMethodOfAssessment, "Method of Assessment", "method-of-assessment", Holds::kList, Of::kEvent},
      {C::kHoursCaring, "Total Hrs Caring per week", "hours-caring-per-week", Holds::kList, Of::kFact},
      {C::kAdultsCaredFor, "No. of adults being cared for", "adults-being-cared-for", Holds::kNumber, Of::kFact},
      {C::kAdult1, "Adult 1 Linked Person_ID", "adult-1-linked-person-id", Holds::kText, Of::kEvent},
      {C::kAdult2, "Adult 2 Linked Person_ID", "adult-2-linked-person-id", Holds::kText, Of::kEvent},
      {C::kAdult3, "Adult 3 Linked Person_ID", "adult-3-linked-person-id", Holds::kText, Of::kEvent},
      {C::kServiceType, "Service Type", "service-type", Holds::kList, Of::kEvent},
      {C::kServiceComponent, "Service Component", "service-component", Holds::kList, Of::kEvent},
      {C::kDeliveryMechanism, "Delivery Mechanism", "delivery-mechanism", Holds::kList, Of::kAccount},
      {C::kProviderName, "Provider CQC Location Name", "provider-cqc-location-name", Holds::kText, Of::kEvent},
      {C::kProviderId, "Provider CQC Location ID", "provider-cqc-location-id", Holds::kText, Of::kEvent},
      {C::kReviewReason, "Review Reason", "review-reason", Holds::kList, Of::kEvent},
      {C::kReviewOutcomes, "Review Outcomes Achieved", "review-outcomes-achieved", Holds::kList, Of::kEvent},
      {C::kMethodOfReview, "Method of Review", "method-of-review", Holds::kList, Of::kEvent},
      {C::kUnitCost, "Unit Cost", "unit-cost", Holds::kMoney, Of::kEvent},
      {C::kCostFrequency, "Cost Frequency (Unit Type)", "cost-frequency", Holds::kList, Of::kEvent},
      {C::kPlannedUnits, "Planned units per week", "planned-units-per-week", Holds::kNumber, Of::kEvent},
  }};
  return columns;
}

namespace {

std::string Letters(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
  }
  return letters;
}

}  // namespace

std::optional<Column> FindColumn(std::string_view header) {
  const std::string letters = Letters(header);
  for (const ColumnFacts& facts : Columns()) {
    if (Letters(facts.header) == letters) return facts.column;
  }
  return std::nullopt;
}

}  // namespace adapters::council::cld
