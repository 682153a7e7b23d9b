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
	return FromModel(client, shop(t), nil, func(_ chat.ID, err error) { *failures = append(*failures, err) }), requests, failures
}

func stream(lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, l := range append(lines, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, "[DONE]") {
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
	if a := think(t, th, messages("this is terrible")); !a.Handover || a.Text != handingOver {
		t.Errorf("%+v", a)
	}
}

func TestAFailureOfTheModelIsAdmittedAndHandedOver(t *testing.T) {
	th, _, failures := model(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	if a := think(t, th, messages("how long can I return shoes?")); !a.Handover || a.Text != modelFailed {
		t.Errorf("%+v", a)
	}
	if len(*failures) != 1 {
		t.Errorf("failures: %v", *failures)
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
	th, requests, failures := model(t, stream())
	m := th.(fromModel)
	var charged Question
	m.metering = func(q Question) llm.Meter { charged = q; return refuses{} }
	q := messages("how long can I return shoes?")
	q.Source = "here"
	if a := think(t, m, q); a.Handover || !strings.Contains(a.Text, "within 30 days") || !strings.Contains(a.Text, "From **") {
		t.Errorf("what the pages know: %+v", a)
	}
	if charged.Source != "here" {
		t.Errorf("charged to %+v", charged)
	}
	if a := think(t, m, messages("do you sell submarines with a warp drive?")); a.Handover || a.Text != quotesOnly {
		t.Errorf("what the pages don't know: %+v", a)
	}
	if !strings.Contains(quotesOnly, "`escalate`") {
		t.Error("no person is offered")
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
