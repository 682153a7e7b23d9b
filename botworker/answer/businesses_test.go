package answer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/pkg/chat"
)

// businesses are the evaluation sets. Only the misses of those that the bot may be tuned
// on are shown; testdata/businesses/README.md says why.
var businesses = []struct {
	name  string
	tuned bool
}{
	{"shop", true}, {"software", true}, {"clinic", false}, {"hotel", false},
	{"carrental", false}, {"museum", false},
}

// asked is one question of a set, and what a fair judge says of the answers to it. A place
// is a page and one of its sections, "returns.md#Refunds", or a whole page, "returns.md";
// "returns.md#" is what stands before the page's first section.
type asked struct {
	Ask   string   `json:"ask"`
	After []string `json:"after"` // what the visitor asked before, oldest first
	topic
	Second *topic   `json:"second"` // the second of two questions in one message
	Wrong  []string `json:"wrong"`  // places that look like an answer and are none
	Why    string   `json:"why"`
}

// topic is one thing that is asked. Without a best place no page answers it.
type topic struct {
	Best []string `json:"best"`
	Says []string `json:"says"` // one of these has to stand in a right answer
	Also []string `json:"also"` // places that help, too
}

// The sets load, every place that they name exists, and the sums are printed (-v).
// How good the answers are does not fail the test.
func TestTheBotIsAskedAsInSixBusinesses(t *testing.T) {
	sums := make([]string, 0, len(businesses))
	for _, b := range businesses {
		t.Run(b.name, func(t *testing.T) {
			dir := filepath.Join("testdata", "businesses", b.name)
			ix, err := knowledge.LoadFolder(t.Context(), filepath.Join(dir, "pages"))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range ix.Warnings() {
				t.Error("a page is left out:", w)
			}
			known := passagesOf(t, ix, filepath.Join(dir, "pages"))
			questions, err := readAsked(filepath.Join(dir, "questions.json"))
			if err != nil {
				t.Fatal(err)
			}
			tally, hedged := map[verdict]int{}, map[verdict]int{}
			offered, offeredNone := 0, 0
			for i, q := range questions {
				for _, fault := range faultsIn(q, known) {
					t.Errorf("question %d: %s", i+1, fault)
				}
				answer := converse(t, FromKnowledge(ix), q)
				places := placesIn(answer, known)
				if !answer.Aside && !answer.Handover && len(places) == 0 {
					t.Errorf("question %d: the answer names no passage: expected its source beside it, as placesIn reads it", i+1)
				}
				v := judge(q, answer, places, known)
				tally[v]++
				switch choices := answer.Parts != nil && len(answer.Parts.Choices) > 1; {
				case len(places) > 0 && !answer.Aside && len(answer.Parts.Choices) > 0:
					hedged[v]++
				case v == declined && offersBest(answer, q, known):
					offered++
				case v == rightlyDeclined && choices:
					offeredNone++
				}
				if b.tuned && v != right && v != rightlyDeclined {
					t.Logf("%s: %q after %q\n    named %q\n    expected %s", v, q.Ask, q.After, places, expected(q))
				}
			}
			sums = append(sums, fmt.Sprintf("%-9s %d questions: %d right (%d answered, %d of them with a hedge; %d rightly declined, %d of them offering choices), %d acceptable (%d), %d wrong (%d), %d declined though a page answers (%d of them offering it)",
				b.name, len(questions), tally[right]+tally[rightlyDeclined], tally[right], hedged[right], tally[rightlyDeclined], offeredNone,
				tally[acceptable], hedged[acceptable], tally[wrong], hedged[wrong], tally[declined], offered))
		})
	}
	t.Log("\n" + strings.Join(sums, "\n"))
}

// A set that is written wrongly is refused.
func TestAQuestionThatCanNotBeJudgedIsRefused(t *testing.T) {
	known := []knowledge.Passage{{Page: "Shop", Path: "shop.md", Heading: "Hours", Text: "Open **9–5**"}, {Page: "Shop", Path: "shop.md", Text: "Welcome"}}
	best := topic{Best: []string{"shop.md#Hours"}, Says: []string{"open 9-5"}}
	for _, c := range []struct {
		q     asked
		fault string
	}{
		{asked{Ask: "a", topic: best, Wrong: []string{"shop.md#"}}, ""},
		{asked{Ask: "a", topic: topic{Best: []string{"shop.md#Closed"}}}, "shop.md#Closed"},
		{asked{Ask: "a", topic: topic{Best: []string{"gone.md"}}}, "gone.md"},
		{asked{Ask: "a", topic: best, Wrong: []string{"shop.md#Closed"}}, "shop.md#Closed"},
		{asked{Ask: "a", topic: best, Second: &topic{Best: []string{"gone.md"}}}, "gone.md"},
		{asked{Ask: "a", topic: topic{Best: []string{"shop.md#"}, Says: []string{"open"}}}, "open"},
		{asked{Ask: "a", topic: best, Wrong: []string{"shop.md#Hours"}}, "wrong, too"},
		{asked{Ask: "a", Why: "nothing"}, ""},
		{asked{Ask: "a"}, "why"},
		{asked{Ask: "a", Why: "nothing", topic: topic{Says: []string{"open"}}}, "no best place"},
		{asked{Why: "nothing"}, "no text"},
	} {
		got := strings.Join(faultsIn(c.q, known), "; ")
		if c.fault == "" && got != "" || !strings.Contains(got, c.fault) {
			t.Errorf("%+v: %q, want %q in it", c.q, got, c.fault)
		}
	}
}

// placeOf names the place of a passage as the sets do.
func placeOf(p knowledge.Passage) string { return p.Path + "#" + p.Heading }

// placesIn are the places that an answer comes from, in its order.
func placesIn(a Answer, known []knowledge.Passage) []string {
	var out []string
	if a.Parts == nil {
		return nil
	}
	for _, c := range a.Parts.Citations {
		for _, p := range known {
			if bounded(title(p), chat.MaxTitle) == c.Title && strings.Contains(wholeOf(a), p.Text) && !slices.Contains(out, placeOf(p)) {
				out = append(out, placeOf(p))
			}
		}
	}
	return out
}

// wholeOf is all that a visitor can read of an answer.
func wholeOf(a Answer) string {
	if a.Parts == nil || a.Parts.Passage == "" {
		return a.Text
	}
	return a.Parts.Passage
}

// offersBest reports whether a choice of the answer brings a best place, with what is asked.
func offersBest(a Answer, q asked, known []knowledge.Passage) bool {
	if a.Parts == nil {
		return false
	}
	return slices.ContainsFunc(known, func(p knowledge.Passage) bool {
		offered := slices.ContainsFunc(a.Parts.Choices, func(c chat.Choice) bool { return c.ID != "" && c.ID == p.ID() })
		return offered && slices.ContainsFunc(q.topics(), func(t topic) bool { return within(placeOf(p), t.Best) && t.saidBy(p.Text) })
	})
}

// converse asks what came before, and then the question, whose answer it returns.
func converse(t *testing.T, th Thinker, q asked) Answer {
	t.Helper()
	now := messages()
	say := func(kind chat.Kind, role chat.Role, text string, aside bool) chat.Event {
		return chat.Event{Chat: now.Chat, Seq: uint64(len(now.Before) + 1), Kind: kind, From: chat.Speaker{Role: role}, Text: text, Aside: aside}
	}
	for _, text := range q.After {
		now.Inputs = []chat.Event{say(chat.Message, chat.RoleVisitor, text, false)}
		a := think(t, th, now)
		now.Before = append(now.Before, now.Inputs[0])
		now.Before = append(now.Before, say(chat.Reply, chat.RoleBot, a.Text, a.Aside))
	}
	now.Inputs = []chat.Event{say(chat.Message, chat.RoleVisitor, q.Ask, false)}
	return think(t, th, now)
}

// passagesOf are the passages of a folder's pages, found by their own words: what the bot
// can quote, as it sees it.
func passagesOf(t *testing.T, ix *knowledge.Index, dir string) []knowledge.Passage {
	t.Helper()
	var out []knowledge.Passage
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			for _, p := range ix.Search(line, ix.Passages()) {
				if !has(out, p) {
					out = append(out, p)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != ix.Passages() {
		t.Fatalf("%d of %d passages are found by their own words", len(out), ix.Passages())
	}
	return out
}

// faultsIn says what is wrong with a question of a set.
func faultsIn(q asked, known []knowledge.Passage) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	exists := func(place string) bool {
		return slices.ContainsFunc(known, func(p knowledge.Passage) bool { return within(placeOf(p), []string{place}) })
	}
	if strings.TrimSpace(q.Ask) == "" || slices.Contains(q.After, "") {
		add("it has no text")
	}
	if len(q.Best) == 0 && q.Why == "" {
		add("no place answers it, and it doesn't say why")
	}
	places := slices.Clone(q.Wrong)
	for i, t := range q.topics() {
		if len(t.Best) == 0 && (len(t.Says) > 0 || i > 0 || q.Second != nil) {
			add("something is expected of the answer, and no best place is named")
		}
		places = slices.Concat(places, t.Best, t.Also)
		for _, place := range t.Best {
			if slices.Contains(q.Wrong, place) {
				add("%s is best, and wrong, too", place)
			}
			if len(t.Says) > 0 && !slices.ContainsFunc(known, func(p knowledge.Passage) bool {
				return within(placeOf(p), []string{place}) && slices.ContainsFunc(t.Says, func(s string) bool { return mentions(p.Text, s) })
			}) {
				add("no passage of %s says %q", place, t.Says)
			}
		}
	}
	for _, place := range places {
		if !exists(place) {
			add("there is no %s", place)
		}
	}
	return out
}

// expected is what a right answer would be, in a line.
func expected(q asked) string {
	var parts []string
	for _, t := range q.topics() {
		if len(t.Best) == 0 {
			return "none: " + q.Why
		}
		parts = append(parts, fmt.Sprintf("%q saying %q", t.Best, t.Says))
	}
	return strings.Join(parts, " and ")
}

// readAsked reads the questions of a set.
func readAsked(file string) ([]asked, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the questions: %w", err)
	}
	var out []asked
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("%s, near byte %d: %w", file, d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: something follows the list of questions", file)
	}
	seen := map[string]bool{}
	for _, q := range out {
		key := strings.ToLower(strings.Join(append(slices.Clone(q.After), q.Ask), "\n"))
		if seen[key] {
			return nil, fmt.Errorf("%s: %q is asked twice", file, q.Ask)
		}
		seen[key] = true
	}
	return out, nil
}
