package answer

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/chat"
)

func outdoorPages(t *testing.T) *knowledge.Index {
	t.Helper()
	ix, err := knowledge.Load(context.Background(), fstest.MapFS{
		"care.md":     {Data: []byte("# Care\n\n## Waterproof jackets\n\nWash a waterproof jacket at 30 degrees.\n\n## Boots\n\nBrush the boots, and wax them twice a year.\n\n## Tents\n\nDry a tent outdoors before you pack it.")},
		"delivery.md": {Data: []byte("# Delivery\n\n## Abroad\n\nA parcel to Norway takes eight days, and customs may open it.\n\n## At home\n\nA parcel takes two days. On Saturdays we deliver until noon.")},
		"shop.md":     {Data: []byte("# Our shop\n\n## Opening hours\n\nThis shop is open from nine to six, on Saturdays until noon.\n\n## Parking\n\nThe car park is behind the house, and it is free for two hours.")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// offered are the choices of an answer, in a line.
func offered(a Answer) string {
	var out []string
	if a.Parts != nil {
		for _, c := range a.Parts.Choices {
			out = append(out, c.Label)
		}
	}
	return strings.Join(out, " | ")
}

// A sure answer is given as such. A likely one comes with a hedge, what else may be meant,
// and a person. Where several are close, none is quoted, and the bot says that it isn't sure.
func TestTheBotIsOnlyAsSureAsItMayBe(t *testing.T) {
	th := FromKnowledge(outdoorPages(t))
	for _, c := range []struct {
		ask, text, offers string
		why               *chat.Why
	}{
		{"how do I wash a waterproof jacket?", "Wash a waterproof jacket at 30 degrees.", "", nil},
		{"how do I dry boots?", "This may help:\n\nBrush the boots, and wax them twice a year.\n\nNot what you meant?", "Care: Tents | Talk to a person", whyUnsure},
		{"will my parcel be held by customs?", "I'm a bot, and I'm not sure I have the answer to that. This is the closest I have:", "Delivery: Abroad | Talk to a person", whyUnsure},
		{"do you rent tents?", "I'm a bot, and I couldn't find an answer to that. This is the closest I have:", "Care: Tents | Talk to a person", whyNothing},
		{"damn, will my parcel be held by customs?", said[upset], "Delivery: Abroad | Talk to a person", whyNothing},
		{"do you sell sofas?", unknown, "Talk to a person", whyNothing},
	} {
		a := think(t, th, messages(c.ask))
		if a.Text != c.text || offered(a) != c.offers || a.Handover || a.Why != c.why {
			t.Errorf("%q:\n%q, offering %q, %v\nwant %q, offering %q, %v", c.ask, a.Text, offered(a), a.Why, c.text, c.offers, c.why)
		}
		if quoted := a.Parts != nil && len(a.Parts.Citations) > 0; quoted == a.Aside {
			t.Errorf("%q: an answer, or none? %+v", c.ask, a)
		}
	}
}

// The whole passage is shown in place of its lead, and is no surer than that.
func TestAHedgeStaysAboveTheWholePassage(t *testing.T) {
	boots := knowledge.Passage{Page: "Care", Heading: "Boots", Sureness: knowledge.Likely, Text: "Brush the boots, and wax them twice a year.\n\n" + strings.Repeat("The wax keeps for many years where it is cool. ", 20) + "It is sold in tins."}
	a := Question{}.quotes(outdoorPages(t), []string{"how do I wax boots?"}, []knowledge.Passage{boots}, nil)
	if whole := a.Parts.Passage; !strings.HasPrefix(a.Text, english.hedge) || !strings.HasPrefix(whole, english.hedge+"\n\nBrush") || !strings.HasSuffix(whole, "in tins.") {
		t.Errorf("%q behind %q", whole, a.Text)
	}
}

// Pages about waterproof jackets do not know whether the one on the screen is. Where the
// visitor is, is no such thing.
func TestAQuestionAboutOneCertainThingIsNotAnsweredWithARule(t *testing.T) {
	th := FromKnowledge(outdoorPages(t))
	for _, ask := range []string{"is this jacket waterproof", "Are these boots waxed?", "hi\nis this jacket waterproof?"} {
		a := think(t, th, messages(strings.Split(ask, "\n")...))
		if !a.Aside || !strings.Contains(offered(a), "Care: ") || !offersTalk(a) {
			t.Errorf("%q: %q, offering %q", ask, a.Text, offered(a))
		}
	}
	for ask, want := range map[string]string{
		// One of two questions is about the shop's rules, and is answered.
		"is this jacket waterproof?\nwhere can I park?": "car park", "is this shop open on saturdays?": "nine to six", "are jackets waterproof?": "30 degrees", "Which of these boots do I wax?": "twice a year",
	} {
		if a := think(t, th, messages(strings.Split(ask, "\n")...)); a.Aside || !strings.Contains(a.Text, want) || strings.Contains(ask, "this jacket") && strings.Contains(a.Text, "Wash") {
			t.Errorf("%q: %q", ask, a.Text)
		}
	}
}

func TestWhatRulesAreAboutIsNoCertainThing(t *testing.T) {
	for ask, want := range map[string]bool{
		"is this jacket waterproof?": true, "Do these boots run small?": true, "can that tent be washed": true,
		"do these prices include VAT?": false, "Can this order be returned?": false, "is this offer still on?": false, "is this shop open": false,
	} {
		if got := pointsAtOne(ask); got != want {
			t.Errorf("%q: %t", ask, got)
		}
	}
}

// A question that goes on with the one before is quoted no sooner than another.
func TestWhatGoesOnWithAQuestionMayBeUnsureToo(t *testing.T) {
	q := messages("and a waterproof tent?")
	q.Before = []chat.Event{{Chat: q.Chat, Seq: 1, Kind: chat.Message, Text: "where can I park?"}}
	if a := think(t, FromKnowledge(outdoorPages(t)), q); !a.Aside || !strings.Contains(offered(a), "Care: Tents") {
		t.Errorf("%q, offering %q", a.Text, offered(a))
	}
}

// What no choice is pressed for is found by its own words: a pressed one needs no hedge.
func TestAPressedChoiceIsAnsweredWithoutAHedge(t *testing.T) {
	th := FromKnowledge(outdoorPages(t))
	a := think(t, th, messages("how do I dry boots?"))
	q := messages(a.Parts.Choices[0].Label)
	q.Inputs[0].Parts = &chat.Parts{Choice: a.Parts.Choices[0].ID}
	if got := think(t, th, q); got.Text != "Dry a tent outdoors before you pack it." || offered(got) != "" {
		t.Errorf("%q, offering %q", got.Text, offered(got))
	}
}

// Of one section only one passage is offered, so that others have room.
func TestOffersAreFromDifferentSections(t *testing.T) {
	long := "# Care\n\n## Boots\n\n"
	for _, part := range []string{"walking", "climbing", "riding", "dancing"} {
		long += "Leather boots for " + part + " are greased. " + strings.Repeat("They are brushed and dried outdoors, far from any fire, and then put on a shelf. ", 8) + "\n\n"
	}
	ix, err := knowledge.Load(context.Background(), fstest.MapFS{
		"care.md": {Data: []byte(long)}, "shop.md": {Data: []byte("# Shop\n\n## Belts\n\nLeather belts are cut and brushed in the shop. " + strings.Repeat("It takes a week or so, and they are sent home in a box of card. ", 9))},
		"bags.md":  {Data: []byte("# Bags\n\n## Repairs\n\nLeather bags are sewn and brushed for free. " + strings.Repeat("It takes a week or so, and they are sent home in a box of card. ", 9))},
		"other.md": {Data: []byte("# Other\n\n## Hats\n\nOf wool.\n\n## Skis\n\nOf wood.\n\n## Lamps\n\nOf glass.\n\n## Ropes\n\nOf hemp.\n\n## Scarves\n\nOf silk.\n\n## Tents\n\nOf nylon.\n\n## Maps\n\nOf paper.\n\n## Mugs\n\nOf tin.\n\n## Knives\n\nOf steel.")},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := think(t, FromKnowledge(ix), messages("is brushed leather vegan"))
	if got := offered(a); strings.Count(got, "Care: Boots") != 1 || !strings.Contains(got, "Shop: Belts") || !strings.Contains(got, "Bags: Repairs") {
		t.Errorf("%q, offering %q", a.Text, got)
	}
}
