#include "policy/dsa_names.h"

#include <algorithm>
#include <array>

namespace heed::policy {
namespace {

constexpr std::array<std::string_view, 16> kCategories = {"ANIMAL_WELFARE",
                                                          "CONSUMER_INFORMATION",
                                                          "CYBER_VIOLENCE",
                                                          "CYBER_VIOLENCE_AGAINST_WOMEN",
                                                          "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
                                                          "ILLEGAL_OR_HARMFUL_SPEECH",
                                                          "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
                                                          "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
                                                          "NOT_SPECIFIED_NOTICE",
                                                          "OTHER_VIOLATION_TC",
                                                          "PROTECTION_OF_MINORS",
                                                          "RISK_FOR_PUBLIC_SECURITY",
                                                          "SCAMS_AND_FRAUD",
                                                          "SELF_HARM",
                                                          "UNSAFE_AND_PROHIBITED_PRODUCTS",
                                                          "VIOLENCE"};

constexpr std::array<std::string_view, 69> kKeywords = {"ADULT_SEXUAL_MATERIAL",
                                                        "AGE_SPECIFIC_RESTRICTIONS",
                                                        "AGE_SPECIFIC_RESTRICTIONS_MINORS",
                                                        "ANIMAL_HARM",
                                                        "BIOMETRIC_DATA_BREACH",
                                                        "BULLYING_AGAINST_GIRLS",
                                                        "CHILD_SEXUAL_ABUSE_MATERIAL",
                                                        "CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE",
                                                        "CONTENT_PROMOTING_EATING_DISORDERS",
                                                        "COORDINATED_HARM",
                                                        "COPYRIGHT_INFRINGEMENT",
                                                        "CYBER_BULLYING_INTIMIDATION",
                                                        "CYBER_HARASSMENT",
                                                        "CYBER_HARASSMENT_AGAINST_WOMEN",
                                                        "CYBER_INCITEMENT",
                                                        "CYBER_STALKING",
                                                        "CYBER_STALKING_AGAINST_WOMEN",
                                                        "DATA_FALSIFICATION",
                                                        "DEFAMATION",
                                                        "DESIGN_INFRINGEMENT",
                                                        "DISCRIMINATION",
                                                        "FEMALE_GENDERED_DISINFORMATION",
                                                        "GEOGRAPHIC_INDICATIONS_INFRINGEMENT",
                                                        "GEOGRAPHICAL_REQUIREMENTS",
                                                        "GOODS_SERVICES_NOT_PERMITTED",
                                                        "GROOMING_SEXUAL_ENTICEMENT_MINORS",
                                                        "HATE_SPEECH",
                                                        "HIDDEN_ADVERTISEMENT",
                                                        "HUMAN_EXPLOITATION",
                                                        "HUMAN_TRAFFICKING",
                                                        "ILLEGAL_ORGANIZATIONS",
                                                        "IMPERSONATION_ACCOUNT_HIJACKING",
                                                        "INAUTHENTIC_ACCOUNTS",
                                                        "INAUTHENTIC_LISTINGS",
                                                        "INAUTHENTIC_USER_REVIEWS",
                                                        "INCITEMENT_AGAINST_WOMEN",
                                                        "INCITEMENT_VIOLENCE_HATRED",
                                                        "INSUFFICIENT_INFORMATION_ON_TRADERS",
                                                        "LANGUAGE_REQUIREMENTS",
                                                        "MISINFORMATION_DISINFORMATION",
                                                        "MISLEADING_INFO_CONSUMER_RIGHTS",
                                                        "MISLEADING_INFO_GOODS_SERVICES",
                                                        "MISSING_PROCESSING_GROUND",
                                                        "NON_CONSENSUAL_IMAGE_SHARING",
                                                        "NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN",
                                                        "NON_CONSENSUAL_MATERIAL_DEEPFAKE",
                                                        "NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN",
                                                        "NONCOMPLIANCE_PRICING",
                                                        "NUDITY",
                                                        "PATENT_INFRINGEMENT",
                                                        "PHISHING",
                                                        "PROHIBITED_PRODUCTS",
                                                        "PYRAMID_SCHEMES",
                                                        "RIGHT_TO_BE_FORGOTTEN",
                                                        "RISK_ENVIRONMENTAL_DAMAGE",
                                                        "RISK_PUBLIC_HEALTH",
                                                        "SELF_MUTILATION",
                                                        "STALKING",
                                                        "SUICIDE",
                                                        "TERRORIST_CONTENT",
                                                        "TRADE_SECRET_INFRINGEMENT",
                                                        "TRADEMARK_INFRINGEMENT",
                                                        "TRAFFICKING_WOMEN_GIRLS",
                                                        "UNLAWFUL_SALE_ANIMALS",
                                                        "UNSAFE_CHALLENGES",
                                                        "UNSAFE_PRODUCTS",
                                                        "VIOLATION_EU_LAW",
                                                        "VIOLATION_NATIONAL_LAW",
                                                        "OTHER"};

}  // namespace

bool is_dsa_category(std::string_view name) {
  return std::find(kCategories.begin(), kCategories.end(), name) != kCategories.end();
}

bool is_dsa_keyword(std::string_view name) {
  return std::find(kKeywords.begin(), kKeywords.end(), name) != kKeywords.end();
}

}  // namespace heed::policy
