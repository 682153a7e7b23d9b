package bustest

import (
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// DeleteStream removes a stream, as somebody can who may do anything with NATS.
func (s *Server) DeleteStream(name string) {
	s.t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err == nil {
		err = js.DeleteStream(s.t.Context(), name)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
