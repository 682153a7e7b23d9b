package bus

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

func BenchmarkReadDelivery(b *testing.B) {
	data, err := chat.Event{Kind: chat.Message, ID: "4f1c", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "Do you ship to Norway?"}.Encode()
	if err != nil {
		b.Fatal(err)
	}
	hint, err := (&Snapshot{Out: 5, State: chat.State{Status: chat.WithBot, AnsweredThrough: 4, Visitor: "Ada"}}).encode()
	if err != nil {
		b.Fatal(err)
	}
	msg := &nats.Msg{Subject: string(chatSubject(chat.NewID(), chat.LeafMessage)), Reply: "$JS.ACK.CHAT_0.bot.1.7.3.1700000000123456789.12", Data: data, Header: nats.Header{hintHeader: {hint}, jetstream.ExpectedLastSubjSeqHeader: {"4"}}}
	b.ReportAllocs()
	for b.Loop() {
		from, err := originOf(msg)
		if err != nil {
			b.Fatal(err)
		}
		if d, err := decodeDelivery(from, msg.Header); err != nil || d.Hint == nil {
			b.Fatal(d, err)
		}
	}
}

func BenchmarkReadAck(b *testing.B) {
	msg := &nats.Msg{Data: []byte(`{"stream":"CHAT_0","seq":123456}`)}
	b.ReportAllocs()
	for b.Loop() {
		if s, err := parseAck(msg); err != nil || s.Seq != 123456 {
			b.Fatal(s, err)
		}
	}
}
