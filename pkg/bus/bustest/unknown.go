package bustest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// UnknownKind is a kind of event that only a later version knows.
const UnknownKind chat.Kind = "whisper"

// AppendUnknown stores an event of UnknownKind in the chat, as a gateway or worker of
// a later version might, and returns its sequence. The text is not sealed.
func (s *Server) AppendUnknown(id chat.ID, leaf chat.Leaf, text string) uint64 {
	s.t.Helper()
	data, err := json.Marshal(chat.Event{Kind: UnknownKind, From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace"}, Text: text})
	if err != nil {
		s.t.Fatal(err)
	}
	subject := fmt.Sprintf("chat.%d.%s.%s", id.Partition(), id, leaf)
	if leaf == chat.LeafInternal {
		subject = fmt.Sprintf("note.%d.%s", id.Partition(), id)
	}
	return s.PublishAsStored(subject, data)
}

// PublishAsStored stores what a stream could hold on a subject, without any header, and returns its
// sequence.
func (s *Server) PublishAsStored(subject string, data []byte) uint64 {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		s.t.Fatal(err)
	}
	ack, err := js.Publish(ctx, subject, data)
	if err != nil {
		s.t.Fatal(err)
	}
	return ack.Sequence
}
