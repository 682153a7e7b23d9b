package knowledge

import "testing"

// Of two places that are nearly as good, neither is sure, so that both are offered; one that
// has all that was asked is.
func TestOfTwoPlacesThatAnswerAlikeNeitherIsSure(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# Boots\n\nBoots are waxed by hand in our workshop, twice a year.",
		"b.md": "# Jackets\n\nJackets are waxed by hand in our workshop, twice a year.",
		"c.md": "# Tents\n\nTents are dried outdoors.",
	})
	found := ix.Search("are umbrellas waxed by hand in the workshop twice a year", 2)
	if len(found) != 2 || found[0].Confidence >= Threshold || found[1].Confidence >= Threshold || found[0].Confidence < 0.3 {
		t.Errorf("two alike: %+v", found)
	}
	if alone := ix.Search("are umbrellas waxed by hand in the workshop twice a year", 1); len(alone) != 1 || alone[0].Confidence != found[0].Confidence {
		t.Errorf("the best alone: %+v", alone)
	}
	if sure := ix.Search("are boots waxed by hand in the workshop twice a year", 1); len(sure) != 1 || sure[0].Path != "a.md" || sure[0].Confidence < Threshold {
		t.Errorf("one of them has all: %+v", sure)
	}
}
