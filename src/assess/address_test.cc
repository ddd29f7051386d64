#include "assess/address.h"

#include <gtest/gtest.h>

#include "text/fold.h"

namespace heed::assess {
namespace {

std::vector<std::string> addresses(const std::string& text) {
  text::Folded folded;
  std::vector<text::Token> tokens;
  std::vector<Address> found;
  text::fold(text, folded);
  text::tokenize(folded.text, tokens);
  find_addresses(folded.text, tokens, found);
  std::vector<std::string> out;
  for (const Address& address : found) {
    const auto [begin, end] = folded.original(tokens[address.first].begin, tokens[address.last].end);
    out.push_back(text.substr(begin, end - begin) + (address.postcode ? " +" : ""));
  }
  return out;
}
using A = std::vector<std::string>;

TEST(FindAddresses, ReadsTheShapesOfSeveralCountries) {
  EXPECT_EQ(addresses("at 12 Elm Road, ok"), A{"12 Elm Road"});
  EXPECT_EQ(addresses("221b Baker St"), A{"221b Baker St"});
  EXPECT_EQ(addresses("3 Sutton Court Road"), A{"3 Sutton Court"});
  EXPECT_EQ(addresses("14 Thistledown Lane, Lower Wexcombe, WX4 7QT."),
            A{"14 Thistledown Lane, Lower Wexcombe, WX4 7QT +"});
  EXPECT_EQ(addresses("1600 Example Ave, Springfield, IL 62704"), A{"1600 Example Ave, Springfield, IL 62704 +"});
  EXPECT_EQ(addresses("Lindenstraße 12a"), A{"Lindenstraße 12a"});
  EXPECT_EQ(addresses("Linden str. 12, 80999 Musterstadt"), A{"Linden str. 12, 80999 +"});
  EXPECT_EQ(addresses("Am Mühlenweg 4"), A{"Mühlenweg 4"});
  EXPECT_EQ(addresses("8 rue des Lilas"), A{"8 rue des Lilas"});
  EXPECT_EQ(addresses("calle Mayor 33"), A{"calle Mayor 33"});
  EXPECT_EQ(addresses("house with a blue door, WX4 7QT"), A{"WX4 7QT +"});
}

TEST(FindAddresses, LeavesOtherNumbersAlone) {
  for (const char* text :
       {"", "12", "5 miles down the road", "3 people on the street", "he took 2 steps in the square", "road 66",
        "12. Elm Road is closed", "unterwegs 5", "4 4 4 4", "the 2nd way", "call 555 1234", "A1 2B 3C", "2026 01 01"}) {
    EXPECT_EQ(addresses(text), A{}) << text;
  }
}

TEST(FindAddresses, FindsEachOfSeveral) {
  EXPECT_EQ(addresses("12 Elm Road or 7 Oak Lane; Lindenstraße 3"), (A{"12 Elm Road", "7 Oak Lane", "Lindenstraße 3"}));
}

}  // namespace
}  // namespace heed::assess
