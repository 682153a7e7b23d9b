package knowledge

import "testing"

// What a passage has of the question decides whether it is quoted, with a hedge or without,
// or only offered; and so do how good the best passage elsewhere is, and a word that no page
// has.
func TestASearchSaysHowSureItIs(t *testing.T) {
	good := finding{words: 3, asked: 4, here: 0.7, heading: 0.2, section: 0.4, strength: 0.3, rarity: 0.9}
	with := func(change func(*finding)) finding {
		f := good
		change(&f)
		return f
	}
	near, halfway, far := 0.9*good.score(), 0.5*good.score(), 0.3*good.score()
	for _, c := range []struct {
		name    string
		finding finding
		rival   float64
		unknown bool
		want    Sureness
	}{
		{"most of it, and no other comes near", good, far, false, Sure},
		{"another comes near", good, near, false, Likely},
		{"another comes near, and no page has some word", good, near, true, Close},
		{"another comes halfway, and no page has some word", good, halfway, true, Likely},
		{"no other comes near, and no page has some word", good, far, true, Sure},
		{"nothing rare, and another comes near", with(func(f *finding) { f.rarity = 0.2 }), near, false, Close},
		{"less of it, and another comes near", with(func(f *finding) { f.here, f.heading = 0.55, 0 }), near, false, Close},
		{"too little of it", with(func(f *finding) { f.here, f.heading = 0.4, 0 }), 0, false, Unlikely},
	} {
		if got := c.finding.sureness(c.rival, c.unknown); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// The index finds the rival and the word that no page has, and the first passage tells.
func TestTheFirstPassageTellsHowSureItIs(t *testing.T) {
	pages := map[string]string{
		"care.md":     "# Care\n\n## Jackets\n\nWash a waterproof jacket at 30 degrees.\n\n## Boots\n\nBrush the boots, and wax them twice a year.\n\n## Tents\n\nDry a tent outdoors before you pack it.",
		"delivery.md": "# Delivery\n\n## Abroad\n\nA parcel to Norway takes eight days, and customs may open it.\n\n## At home\n\nA parcel takes two days.",
	}
	ix := load(t, pages)
	for q, want := range map[string]Sureness{
		"how do I wax boots":                      Sure,
		"how do I dry boots":                      Likely,
		"wash a waterproof tent":                  Close, // another has a heading about it
		"is my parcel opened by customs officers": Close, // no page has officers
		"do you rent tents with wheels":           Unlikely,
	} {
		found := ix.Search(q, 3)
		if len(found) == 0 || found[0].Sureness != want {
			t.Errorf("%q: want %d, got %+v", q, want, found)
		}
		for _, p := range found[min(1, len(found)):] {
			if p.Sureness != Unlikely {
				t.Errorf("%q: another than the first: %+v", q, p)
			}
		}
	}
	// Where two are as good as each other, neither is sure, also for a question that goes on
	// with the one before.
	pages["twice.md"] = "# Socks\n\n## Wool\n\nThey are knitted in Wales by hand, twice a year.\n\n## Cotton\n\nThey are knitted in Wales by hand, twice a week."
	ix = load(t, pages)
	wool, cotton := finding{words: 2, asked: 2, here: 0.7, strength: 0.6, section: 1, rarity: 1}, finding{}
	for i, d := range ix.docs {
		switch d.own {
		case "Wool":
			wool.doc = i
		case "Cotton":
			cotton = wool
			cotton.doc, cotton.strength = i, 0.55
		}
	}
	if found := ix.passages([]finding{wool, cotton}, 1); found[0].Sureness != Close {
		t.Errorf("two alike, with good evidence: %+v", found)
	}
	if found := ix.Search("silk ones knitted by hand in Wales twice?", 1); len(found) != 1 || found[0].Sureness != Close {
		t.Errorf("two alike: %+v", found)
	}
	if found, _ := ix.SearchAfter("and in Wales?", "are silk hats knitted twice?", 1); len(found) != 1 || found[0].Sureness != Likely {
		t.Errorf("two alike, after another question: %+v", found)
	}
}
