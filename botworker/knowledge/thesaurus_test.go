package knowledge

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whoever asks in other words than the pages finds the same passage: other words and
// phrases that say the same, also with an object in between, and everyday words that the
// pages do not have.
func TestWordsThatSayTheSameAreFound(t *testing.T) {
	ix := load(t, map[string]string{
		"returns.md":  "# Returns\n\nUnworn clothes and shoes come back within sixty days.",
		"delivery.md": "# Delivery\n\nParcels go to the European Union and to Norway for ten euros.",
		"contact.md":  "# Get in touch\n\nRing the bell of our office.",
		"pets.md":     "# Pets\n\nThey stay for a fee.",
		"wifi.md":     "# Garden\n\nChairs are at the pond.",
	})
	for q, path := range map[string]string{
		"how do I send back a jumper": "returns.md", "I bought shoes last tuesday and want to send them back": "returns.md", "can i bring it back": "returns.md",
		"how long does shipping take": "delivery.md", "do you ship to norway": "delivery.md", "shiping": "delivery.md",
		"phone number": "contact.md", "Is there a number I can call?": "contact.md", "my dog": "pets.md",
	} {
		if found := ix.Search(q, 1); len(found) == 0 || found[0].Path != path || found[0].Confidence < Threshold {
			t.Errorf("%q: %+v, terms %+v", q, found, ix.terms(q))
		}
	}
	if found := ix.Search("do you rent bicycles", 1); len(found) > 0 && found[0].Confidence >= Threshold {
		t.Errorf("what no page knows is answered: %+v", found)
	}
}

// A question that leaves out what the one before it said is found with its words, but only
// where a word of its own is.
func TestAQuestionBorrowsWordsOfTheOneBefore(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# Shops\n\n## Leeds\n\nOpen from nine to five.\n\n## York\n\nOpen from ten to six.",
		"b.md": "# Walks\n\nFrom Leeds to York along the river, all day.",
	})
	found, words := ix.SearchAfter("and york?", "when is the shop in leeds open", 1)
	if len(found) == 0 || found[0].Heading != "York" || words != 1 {
		t.Errorf("%+v, %d words", found, words)
	}
	if found, _ := ix.SearchAfter("and the ceo?", "when is the shop in leeds open", 1); len(found) > 0 {
		t.Errorf("a question of which no page has a word is answered: %+v", found)
	}
}

func TestAGroupThatIsWrittenWronglyIsRefused(t *testing.T) {
	for text, fault := range map[string]string{
		"jumper":               "mean the same",
		"jumper >":             "mean the same",
		"> jumper":             "mean the same",
		"send back, return":    "a single word first",
		"return, send ..":      "a word at each end",
		"return, .. send back": "a word at each end",
	} {
		if _, err := ParseThesaurus(text); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%q: %v, want %q", text, err, fault)
		}
	}
	if _, err := ParseThesaurus("# words\n\njumper, sweater; anorak > jacket\n"); err != nil {
		t.Error(err)
	}
}

// A phrase counts as its word, with what stands in its gap behind it.
func TestAPhraseCountsAsItsWord(t *testing.T) {
	words, err := ParseThesaurus("return, send .. back\nwhere is my order > track, parcel?\nmfa, 2fa")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"can i send my shoes back now": "can i return my shoes now",
		"sending back":                 "return",
		"send a b c d back":            "send a b c d back",
		"so, where is my order?":       "so, track parcel?",
		"no 2fa code":                  "no mfa code",
		"send":                         "send",
		"":                             "",
		"send it back and send the other back, too": "return it and return the other, too",
	} {
		got, hints := words.unified(text, key)
		if got != want || slices.Contains(hints, "parcel") != strings.Contains(text, "where is") || slices.Contains(hints, "track") {
			t.Errorf("%q: %q, hints %q, want %q", text, got, hints, want)
		}
	}
}

// A phrase of the pages is found by the word that it counts as.
func TestAPhraseOfThePagesIsFoundByItsWord(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# How to send something back\n\nFill in the form and hand the box over.",
		"b.md": "# Care\n\nBrush it daily.",
	})
	if found := ix.Search("returns", 1); len(found) != 1 || found[0].Path != "a.md" || found[0].Confidence < Threshold {
		t.Errorf("%+v", found)
	}
}

// A word that the thesaurus knows is not taken for one that the pages have and that is
// spelled like it.
func TestAWordThatSaysTheSameIsNotTakenForAMistypedOne(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# Size guide\n\nMeasure your foot.",
		"b.md": "# Get in touch\n\nThe chat is open all day.",
		"c.md": "# Care\n\nBrush it daily.",
	})
	if found := ix.Search("size chart", 1); len(found) != 1 || found[0].Path != "a.md" || found[0].Confidence < Threshold {
		t.Errorf("%+v", found)
	}
}

// What people tell along with a question does not hide it.
func TestEverydayTalkHidesNoQuestion(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# Returns\n\nScarves and hats come back within sixty days.",
		"b.md": "# Care\n\nBrush it daily.",
	})
	if found := ix.Search("my wife bought a hat last tuesday and is pretty worried that i missed the deadline to return it", 1); len(found) != 1 || found[0].Path != "a.md" || found[0].Confidence < Threshold {
		t.Errorf("%+v, terms %+v", found, ix.terms("my wife bought a hat last tuesday and is pretty worried that i missed the deadline to return it"))
	}
}

// A site's own words are found besides those in the tree, and after the folder has changed.
func TestASitesOwnWordsAreFound(t *testing.T) {
	synonyms, err := Synonyms("widget, doodad; gizmo > widget")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"a.md": "# Widgets\n\nThey come in red.", "b.md": "# Returns\n\nWithin sixty days."} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := OpenFolder(t.Context(), dir, synonyms)
	if err != nil {
		t.Fatal(err)
	}
	again, err := folder.read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, ix := range []*Index{folder.Current(), again} {
		for q, path := range map[string]string{"doodads": "a.md", "do you have a gizmo": "a.md", "send it back": "b.md"} {
			if found := ix.Search(q, 1); len(found) != 1 || found[0].Path != path || found[0].Confidence < Threshold {
				t.Errorf("%q: %+v", q, found)
			}
		}
	}
	if _, err := Synonyms("widget"); err == nil {
		t.Error("a group of one is taken")
	}
}
