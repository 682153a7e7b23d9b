package answer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/chat"
)

type shown struct{ text string }

func (s *shown) Delta(text string) { s.text += text }
func (s *shown) Restart()          { s.text = "" }

// model is a thinker with that endpoint; it keeps the requests as text.
func model(t *testing.T, answer http.HandlerFunc) (th Thinker, requests *[]string, failures *[]error) {
	t.Helper()
	requests, failures = new([]string), new([]error)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Messages []struct{ Role, Content string } `json:"messages"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		var all strings.Builder
		for _, m := range body.Messages {
			fmt.Fprintf(&all, "[%s] %s\n", m.Role, m.Content)
		}
		*requests = append(*requests, all.String())
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	client, err := llm.New(llm.Config{URL: srv.URL, Model: "m", Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	return FromModel(Model{Client: client, Pages: shop(t), Failed: func(_ chat.ID, err error) { *failures = append(*failures, err) }}), requests, failures
}

// stream is an endpoint that sends these lines, and the end unless it is among them.
func stream(lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if !strings.Contains(lines[len(lines)-1], "finish_reason") {
			lines = append(lines, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`)
		}
		for _, l := range append(lines, "[DONE]") {
			_, _ = fmt.Fprintf(w, "data: %s\n\n", l)
		}
	}
}

func TestAModelAnswersFromPassagesAndTurns(t *testing.T) {
	th, requests, _ := model(t, stream(`{"choices":[{"index":0,"delta":{"content":"Within 30 days, "}}]}`, `{"choices":[{"index":0,"delta":{"content":"see Returns."}}]}`))
	q := messages("how long can I return shoes?")
	q.Before = []chat.Event{
		{Kind: chat.Message, Text: "hello"}, {Kind: chat.Reply, Text: "Hello!"}, {Kind: chat.Note, Text: "a note for agents"},
		{Kind: chat.StateChange, Text: "Grace joined the chat."}, {Kind: chat.Say, From: chat.Speaker{Name: "Grace"}, Text: "I was here."},
	}
	var p shown
	a, err := th.Think(context.Background(), q, &p)
	if err != nil || a.Text != "Within 30 days, see Returns." || a.Handover || p.text != a.Text {
		t.Errorf("%+v, %v, shown %q", a, err, p.text)
	}
	sent := (*requests)[0]
	for _, want := range []string{"[user] hello\n", "[assistant] Hello!\n\n(Grace, a person, answered:) I was here.\n", "within 30 days", "how long can I return shoes?"} {
		if !strings.Contains(sent, want) {
			t.Errorf("no %q in\n%s", want, sent)
		}
	}
	if strings.Contains(sent, "a note for agents") {
		t.Error("a note was sent to the model")
	}
}

func TestAModelCanHandOver(t *testing.T) {
	th, _, _ := model(t, stream(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"hand_over_to_person","arguments":"{\"reason\":\"upset\"}"}}]}}]}`))
	if a := think(t, th, messages("this is terrible")); !a.Handover || a.Text != "I'm asking a person to take over." || a.Why == nil || *a.Why != (chat.Why{Cause: chat.CauseModel, Words: "upset"}) {
		t.Errorf("%+v", a)
	}
}

// The pages are there whatever becomes of the model.
func TestIfTheModelFailsThePagesAreQuoted(t *testing.T) {
	th, _, failures := model(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	a := think(t, th, messages("how long can I return shoes?"))
	if a.Handover || a.Aside || !strings.HasPrefix(a.Text, english.quoting+"\n\n") || !strings.Contains(a.Text, "within 30 days") || len(a.Parts.Citations) == 0 {
		t.Errorf("what the pages know: %+v", a)
	}
	if a := think(t, th, messages("do you sell submarines with a warp drive?")); !a.Handover || !a.Aside || a.Text != modelFailed || a.Why == nil || a.Why.Cause != chat.CauseFailed {
		t.Errorf("what the pages don't know: %+v", a)
	}
	if a := think(t, th, messages("wie ist das Wetter, und wo kann ich das sehen?")); !a.Handover || !strings.HasPrefix(a.Text, "Es tut mir leid") {
		t.Errorf("in another language: %+v", a)
	}
	if len(*failures) != 3 {
		t.Errorf("failures: %v", *failures)
	}
	if a := think(t, th, messages("hello")); a.Handover || a.Text != said[greeting] {
		t.Errorf("a greeting: %+v", a)
	}
	if a := think(t, th, messages("My order number is 4711, and I bought them for my niece in Lisbon. How long can I return shoes? I would be glad to know, many thanks in advance!")); a.Handover || !strings.Contains(a.Text, "within 30 days") {
		t.Errorf("among other sentences: %+v", a)
	}
}

// Where the pages only come close, the visitor chooses, and a person is one of the choices:
// not everybody whom a failed model meets has to wait in line.
func TestIfTheModelFailsWhatComesCloseIsOffered(t *testing.T) {
	failing, _, _ := model(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	th := failing.(*fromModel)
	th.Pages = outdoorPages(t)
	for _, c := range []struct{ ask, text, offers string }{
		{"will my parcel be held by customs?", english.unsure + " " + english.nearest, "Delivery: Abroad | Talk to a person"},
		{"damn, will my parcel be held by customs?", said[upset], "Delivery: Abroad | Talk to a person"},
		{"how do I dry boots?", "This may help:\n\nBrush the boots, and wax them twice a year.\n\nNot what you meant?", "Care: Tents | Talk to a person"},
	} {
		if a := think(t, th, messages(c.ask)); a.Handover || a.Text != c.text || offered(a) != c.offers {
			t.Errorf("%q: %+v, offering %q", c.ask, a, offered(a))
		}
	}
	if a := think(t, th, messages("do you rent tents?")); !a.Handover || a.Text != modelFailed {
		t.Errorf("what no page comes close to: %+v", a)
	}
}

// Nothing in the answer looks like an error, and nobody is called: whoever writes what the
// endpoint withholds would fill the line.
func TestAWithheldAnswerIsReplacedKindly(t *testing.T) {
	th, _, failures := model(t, stream(`{"choices":[{"index":0,"delta":{"content":"How to build a"},"finish_reason":"content_filter"}]}`))
	var p shown
	a, err := th.Think(t.Context(), messages("how long can I return shoes?"), &p)
	if err != nil || a.Handover || p.text != "" || len(a.Parts.Citations) == 0 || !strings.Contains(a.Text, "within 30 days") {
		t.Errorf("what the pages know: %+v, %v, still shown: %q", a, err, p.text)
	}
	if a := think(t, th, messages("do you sell submarines with a warp drive?")); a.Handover || a.Text != english.filtered() || !a.Aside {
		t.Errorf("what the pages don't know: %+v", a)
	}
	if len(*failures) != 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestAnAnswerThatShowsNothingIsReplaced(t *testing.T) {
	th, _, _ := model(t, stream(`{"choices":[{"index":0,"delta":{"content":"\u200b\u2060"}}]}`))
	if a := think(t, th, messages("how long can I return shoes?")); a.Handover || !strings.Contains(a.Text, "within 30 days") {
		t.Errorf("%+v", a)
	}
}

// Of a model that was never heard to the end, nobody can know whether what was cut off are
// its thoughts; then the pages are quoted.
func TestAnAnswerThatWasCutOffIsKept(t *testing.T) {
	cut := stream(`{"choices":[{"index":0,"delta":{"content":"You can return shoes within 30 days. Keep the recei"},"finish_reason":"length"}]}`)
	heard := false
	th, _, _ := model(t, func(w http.ResponseWriter, r *http.Request) {
		if !heard {
			heard = true
			stream(`{"choices":[{"index":0,"delta":{"content":"Gladly."}}]}`)(w, r)
			return
		}
		cut(w, r)
	})
	think(t, th, messages("how long can I return shoes?"))
	if a := think(t, th, messages("how long can I return shoes?")); a.Handover || a.Text != "You can return shoes within 30 days.\n\n"+english.more {
		t.Errorf("%+v", a)
	}
}

// An apology that the model reads as its own words makes it apologize again.
func TestAnApologyDoesNotReachTheNextPrompt(t *testing.T) {
	th, requests, _ := model(t, stream(`{"choices":[{"index":0,"delta":{"content":"Yes."}}]}`))
	q := messages("and to Spain?")
	visitor := func(text string) chat.Event { return chat.Event{Kind: chat.Message, Text: text} }
	q.Before = []chat.Event{
		visitor("first"), {Kind: chat.Reply, Text: "An apology of a later version.", Aside: true},
		visitor("second"), {Kind: chat.Reply, Text: modelFailed}, // as an earlier version stored it
		visitor("third"), {Kind: chat.Reply, Text: english.quoting + "\n\nWithin 30 days.\n\n" + english.meant},
		visitor("fourth"), {Kind: chat.Reply, Text: "Ich bitte einen Menschen, zu übernehmen."}, {Kind: chat.Reply, Text: Sorry},
	}
	if a := think(t, th, q); a.Text != "Yes." {
		t.Errorf("%+v", a)
	}
	sent := (*requests)[0]
	sent = sent[strings.Index(sent, "[user]"):]
	want := "[user] first\n\nsecond\n\nthird\n[assistant] Within 30 days.\n[user] fourth\n\n<passages>"
	if !strings.HasPrefix(sent, want) {
		t.Errorf("sent:\n%s\nwant:\n%s", sent, want)
	}
}

func TestTheModelIsToldTheBotsName(t *testing.T) {
	th, requests, _ := model(t, stream(`{"choices":[{"index":0,"delta":{"content":"Lumi."}}]}`))
	q := messages("who are you, in one word and why?")
	q.Bot = `Lumi "L" 🌟`
	think(t, th, q)
	if sent := (*requests)[0]; !strings.HasPrefix(sent, `[system] You are "Lumi \"L\" 🌟", the bot of a customer chat`) {
		t.Errorf("sent: %s", sent)
	}
}

// narrow is an endpoint whose window has that many tokens. If it says so, it names them.
func narrow(window int, says bool, refused *int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if int(r.ContentLength)/4 <= window {
			stream(`{"choices":[{"index":0,"delta":{"content":"It fits."}}]}`)(w, r)
			return
		}
		*refused++
		w.WriteHeader(http.StatusBadRequest)
		sentence := "the request exceeds the available context size"
		if says {
			sentence = fmt.Sprintf("This model's maximum context length is %d tokens. However, you requested %d tokens.", window, r.ContentLength/4)
		}
		_, _ = fmt.Fprintf(w, `{"error":{"message":%q}}`, sentence)
	}
}

// A chat that has become too long for the model goes on, with fewer turns.
func TestAPromptIsMadeToFitASmallWindow(t *testing.T) {
	long := strings.Repeat("where is my parcel with the red shoes ", 200)[:4000]
	for _, says := range []bool{true, false} {
		for _, tokens := range []int{1024, 2048, 4096} {
			refused := 0
			th, requests, failures := model(t, narrow(tokens, says, &refused))
			q := messages("how long can I return shoes?")
			for range 10 {
				q.Before = append(q.Before, chat.Event{Kind: chat.Message, Text: long[:1500]}, chat.Event{Kind: chat.Reply, Text: long[:1500]})
			}
			if a := think(t, th, q); a.Text != "It fits." || refused > maxFits-1 {
				t.Fatalf("%d tokens: %+v after %d refusals", tokens, a, refused)
			}
			if sent := (*requests)[len(*requests)-1]; !strings.Contains(sent, "30 days") || !strings.Contains(sent, "how long can I return shoes?") {
				t.Errorf("%d tokens: the passages or the question were dropped before the turns: %s", tokens, sent)
			}
			// What fitted is known to the next question.
			before := refused
			if a := think(t, th, q); a.Text != "It fits." || refused != before {
				t.Errorf("%d tokens: %d refusals of the next question", tokens, refused-before)
			}
			q.Inputs = messages(long).Inputs
			if a := think(t, th, q); !strings.Contains(a.Text, "It fits.") {
				t.Errorf("%d tokens: the longest question: %+v", tokens, a)
			}
			if len(*failures) != 0 {
				t.Errorf("%d tokens: %v", tokens, *failures)
			}
		}
	}
	refused := 0
	th, _, _ := model(t, narrow(10, false, &refused))
	if a := think(t, th, messages("how long can I return shoes?")); !strings.Contains(a.Text, "within 30 days") {
		t.Errorf("a window for nothing: %+v", a)
	}
}

func TestAnEndedContextIsNotAFailureOfTheModel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	th, _, failures := model(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if a, err := th.Think(ctx, messages("how long can I return shoes?"), &shown{}); err == nil || len(*failures) != 0 {
		t.Errorf("%+v, %v, %v", a, err, *failures)
	}
}

// refuses is a meter that allows nothing.
type refuses struct{ llm.Unmetered }

func (refuses) Begin(context.Context, int64) error { return errors.New("nothing is left") }

// Nobody is called, and nothing fails: those whom a ceiling meets would fill the line.
func TestBeyondACeilingThePagesAreQuoted(t *testing.T) {
	th, requests, failures := model(t, stream("{}"))
	m := th.(*fromModel)
	var charged Question
	m.Metering = func(q Question) llm.Meter { charged = q; return refuses{} }
	q := messages("how long can I return shoes?")
	q.Source = "here"
	if a := think(t, m, q); a.Handover || !strings.Contains(a.Text, "within 30 days") || len(a.Parts.Citations) == 0 {
		t.Errorf("what the pages know: %+v", a)
	}
	if charged.Source != "here" {
		t.Errorf("charged to %+v", charged)
	}
	if a := think(t, m, messages("do you sell submarines with a warp drive?")); a.Handover || a.Text != english.quotesOnly() {
		t.Errorf("what the pages don't know: %+v", a)
	}
	if a := think(t, m, messages("hello")); a.Handover || a.Text != said[greeting] {
		t.Errorf("a greeting: %+v", a)
	}
	if a := think(t, m, messages("I want to talk to a person")); !a.Handover {
		t.Errorf("whoever asks for a person gets one: %+v", a)
	}
	if len(*requests) != 0 || len(*failures) != 0 {
		t.Errorf("%d requests, failures %v", len(*requests), *failures)
	}
}
