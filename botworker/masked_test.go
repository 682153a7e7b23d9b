package botworker

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/mask"
)

// A model reads no card number, now or in a later turn, and the log keeps what the visitor wrote.
func TestAModelReadsNoCardNumber(t *testing.T) {
	t.Parallel()
	rules, err := mask.New(mask.Options{Cards: true, IBANs: true})
	if err != nil {
		t.Fatal(err)
	}
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	serveLog(t, server.Connect("history"), id)
	asked := make(chan answer.Question, 10)
	workWith(t, server, thinkerFunc(func(q answer.Question) { asked <- q }), Options{Turns: 20, Mask: rules})
	ask := func(text string) answer.Question {
		t.Helper()
		seq := in(t, c, id, chat.Event{Kind: chat.Message, Text: text, ID: text}, nil)
		q := <-asked
		bustest.Eventually(t, "an answer", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == seq })
		return q
	}
	const card = "4111 1111 1111 1111"
	if q := ask("Mine is " + card); q.Inputs[0].Text != "Mine is •••• •••• •••• 1111" {
		t.Errorf("asked about %q", q.Inputs[0].Text)
	}
	q := ask("Did you read it?")
	if len(q.Before) == 0 {
		t.Fatal("there is no earlier turn")
	}
	for _, e := range q.Before {
		if strings.Contains(e.Text, "4111") {
			t.Errorf("an earlier turn reads %q", e.Text)
		}
	}
	events, err := c.Inputs(t.Context(), id, 0, 1<<40, 10)
	if err != nil || len(events) != 2 || events[0].Text != "Mine is "+card {
		t.Errorf("the log has %+v, %v", events, err)
	}
}
