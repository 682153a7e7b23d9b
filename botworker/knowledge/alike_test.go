package knowledge

import (
	"fmt"
	"testing"
)

// The title announces what stands before the first heading, as a heading does what
// stands below it.
func TestWhatSomethingIsStandsAtTheBeginningOfItsPage(t *testing.T) {
	ix := load(t, map[string]string{
		"tea.md":   "# Tea\n\nTea is a drink of leaves.\n\n## Price of tea\n\nTea is free. Tea for all, tea for ever.\n\n## Kinds of tea\n\nGreen tea and black tea.",
		"other.md": "# Other drinks\n\nWater is better than tea, and tea is better than milk.",
	})
	for q, text := range map[string]string{"What is tea?": "Tea is a drink of leaves.", "tea": "Tea is a drink of leaves.", "the price of tea": "Tea is free. Tea for all, tea for ever."} {
		if found := ix.Search(q, 1); len(found) == 0 || found[0].Text != text || found[0].Confidence < Threshold {
			t.Errorf("%q: %+v", q, found)
		}
	}
}

// "Who" and "where" say nothing in a text, but tell headings apart.
func TestQuestionWordsTellHeadingsApart(t *testing.T) {
	ix := load(t, map[string]string{"a.md": "# Lamps\n\n## Who made the lamps\n\nThe lamps come from Ada.\n\n## Where the lamps are\n\nThe lamps hang in the hall.\n\n## When nobody needs the lamps\n\nThe lamps are off at noon."})
	for q, heading := range map[string]string{
		"who made the lamps?": "Who made the lamps", "where are lamps": "Where the lamps are", "lamps, when nobody needs them": "When nobody needs the lamps",
	} {
		if found := ix.Search(q, 1); len(found) == 0 || found[0].Heading != heading {
			t.Errorf("%q: %+v", q, found)
		}
	}
}

func TestAWordMayBeSpeltInSeveralWays(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# Entry\n\nSign in with your key.", "b.md": "# Safety\n\nBack up the disk.", "c.md": "# Post\n\nThere is e-mail.",
		"d.md": "# Paper\n\nThe licence is here.", "e.md": "# Maße\n\nDie Größe ist überall gleich.",
	})
	for q, path := range map[string]string{
		"login": "a.md", "how do I log in": "a.md", "logging in": "a.md", "backups": "b.md", "email": "c.md", "license": "d.md",
		"grösse": "e.md", "GROESSE": "e.md", "Größen": "e.md", "masse": "e.md", "ueberall": "e.md", "uberall": "e.md",
	} {
		if found := ix.Search(q, 1); len(found) == 0 || found[0].Path != path || found[0].Confidence < Threshold {
			t.Errorf("%q: %+v", q, found)
		}
	}
}

// A word that many passages have in passing says little of what is asked.
func TestOneCommonWordIsNotAnsweredWithAnyPassageThatHasIt(t *testing.T) {
	ix := load(t, map[string]string{"a.md": "# Plants\n\n## Roses\n\nThey take time.\n\n## Tulips\n\nThey take less time.\n\n## Herbs\n\nTime is what they need.\n\n## Trees\n\nThey grow."})
	if found := ix.Search("what time is it?", 1); len(found) > 0 && found[0].Confidence >= Threshold {
		t.Errorf("answered with %+v", found)
	}
	if found := ix.Search("tulips", 1); len(found) == 0 || found[0].Heading != "Tulips" || found[0].Confidence < Threshold {
		t.Errorf("tulips: %+v", found)
	}
}

// A table of prices answers what something costs, also where another page has the word.
func TestWhatSomethingCostsIsItsPrice(t *testing.T) {
	pages := map[string]string{
		"plans.md": "# Plans\n\n## Compare plans\n\n| Plan | Price |\n| --- | --- |\n| Basic | 5 € |\n| Pro | 19 € |\n",
		"rates.md": "# Delivery\n\n## Rates by country\n\n| Country | Delivery costs |\n| --- | --- |\n| Austria | 5.00 |\n| Belgium | 6.00 |\n",
		"pros.md":  "# For professionals\n\nA plan of the shop hangs at the door. Pro users find the pro desk there.",
	}
	for i := range 20 {
		pages[fmt.Sprintf("%d.md", i)] = fmt.Sprintf("# Lamp %d\n\nThis lamp is turquoise.", i)
	}
	ix := load(t, pages)
	for question, page := range map[string]string{"What does the Pro plan cost?": "plans.md", "What is the price of delivery to Austria?": "rates.md"} {
		found := ix.Search(question, 1)
		if len(found) == 0 || found[0].Path != page || found[0].Confidence < 0.9 {
			t.Errorf("%s: %+v", question, found)
		}
	}
}
