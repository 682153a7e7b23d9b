package chat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestTheStreamKeepsAnEventAndTheBusKnowsTheRest(t *testing.T) {
	e := chat.Event{
		Chat: chat.NewID(), Seq: 9, At: noon, Kind: chat.Request, ID: "a1", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Áda 👩‍🚀"},
		Text: "<b>\u2028", Request: chat.Rate, Score: 5, Covers: 3,
	}
	data, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{`"chat"`, `"seq"`, `"at"`} {
		if strings.Contains(string(data), field) {
			t.Errorf("%s is stored twice: %s", field, data)
		}
	}
	back, err := chat.Decode(data, e.Chat, e.Seq, e.At.In(time.FixedZone("", 3600)))
	if err != nil || back != e {
		t.Errorf("%+v, %v; want %+v", back, err, e)
	}
}

func TestAnEventThatMustCarryAStateDoes(t *testing.T) {
	for _, kind := range chat.Kinds() {
		data, err := chat.Event{Kind: kind}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chat.Decode(data, "x", 1, noon); (err != nil) != kind.CarriesState() {
			t.Errorf("%s without a state: %v", kind, err)
		}
	}
	if _, err := chat.Decode([]byte("{"), "x", 1, noon); err == nil {
		t.Error("half an event was read")
	}
}
