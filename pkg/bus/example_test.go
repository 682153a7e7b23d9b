package bus_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/chat"
)

// connect starts a NATS server in this process, in a folder of its own, and connects
// to it. What it returns is closed by end.
func connect(ctx context.Context) (c *bus.Conn, end func()) {
	dir, err := os.MkdirTemp("", "parley")
	if err != nil {
		log.Fatal(err)
	}
	server, err := embedded.Start(embedded.Options{Dir: dir, Log: zerolog.Nop()})
	if err != nil {
		log.Fatal(err)
	}
	c, err = bus.Connect(ctx, bus.Options{InProcess: server, Name: "example", Streams: 1, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		log.Fatal(err)
	}
	return c, func() {
		c.Close()
		server.Close()
		_ = os.RemoveAll(dir)
	}
}

func hello(id chat.ID) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Message, ID: "m1", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "Hello!"}
}

// A server in this process needs no port; its files are in a folder.
func ExampleConnect() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "parley")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	server, err := embedded.Start(embedded.Options{Dir: dir, Log: zerolog.Nop()})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	c, err := bus.Connect(ctx, bus.Options{InProcess: server, Name: "example", Streams: 1, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println("ready:", c.Ready() == nil)
	// Output: ready: true
}

// An event that is sent twice under one id is stored once.
func ExampleConn_AppendIn() {
	ctx := context.Background()
	c, end := connect(ctx)
	defer end()
	id := chat.NewID()
	for range 2 {
		stored, err := c.AppendIn(ctx, hello(id), nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(stored.Seq, stored.Duplicate)
	}
	tail, err := c.TailOf(ctx, id, 0, chat.RoleVisitor)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range tail.Events {
		fmt.Println(e.Seq, e.From.Name, e.Text)
	}
	// Output:
	// 1 false
	// 1 true
	// 1 Ada Hello!
}

// The bot replies. Had somebody else changed the chat since its state was read, the
// append would be refused and the decision made again on the new state.
func ExampleConn_GuardedAppend() {
	ctx := context.Background()
	c, end := connect(ctx)
	defer end()
	id := chat.NewID()
	said, err := c.AppendIn(ctx, hello(id), nil)
	if err != nil {
		log.Fatal(err)
	}
	reply := func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: said.Seq})
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "Hi Ada.", State: &next}, err
	}
	for range 2 {
		e, err := c.GuardedAppend(ctx, id, said.Seq, nil, reply)
		switch {
		case errors.Is(err, chat.ErrCovered):
			fmt.Println("refused:", err)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(e.Seq, e.Text)
		}
	}
	// Output:
	// 2 Hi Ada.
	// refused: the message is already answered
}

// printer prints what a feed delivers.
type printer struct{ seen chan struct{} }

func (p printer) Live(e chat.Event, _ uint64) { fmt.Println(e.Seq, e.Text); close(p.seen) }

func (printer) Signal(chat.ID, bus.Signal) {}

// Lost is where a real listener reads the chat again, from the last event it has.
func (printer) Lost(chat.ID) {}

func ExampleFeed() {
	ctx, stop := context.WithCancel(context.Background())
	c, end := connect(ctx)
	defer end()
	defer stop()
	seen := make(chan struct{})
	feed := c.NewFeed(printer{seen})
	go func() { _ = feed.Run(ctx) }() // nil, once the context ends
	id := chat.NewID()
	if err := feed.Follow(id); err != nil {
		log.Fatal(err)
	}
	if _, err := c.AppendIn(ctx, hello(id), nil); err != nil {
		log.Fatal(err)
	}
	<-seen
	// Output: 1 Hello!
}

type square struct{ N int }

// Any number of replicas may serve; each call is answered by one of them.
func ExampleCall() {
	ctx, stop := context.WithCancel(context.Background())
	c, end := connect(ctx)
	defer end()
	defer stop()
	endpoint := bus.Endpoint[square, square]{Name: "math.square"}
	handle := bus.Handle(endpoint, func(_ context.Context, req square) (square, error) {
		if req.N > 1000 {
			return square{}, &bus.Refusal{Code: "too_large", Message: "That is too large."}
		}
		return square{req.N * req.N}, nil
	})
	go func() { _ = c.Serve(ctx, "math", "1.0.0", handle) }() // nil, once the context ends
	for _, n := range []int{7, 1001} {
		resp, err := bus.Call(ctx, c, endpoint, square{n})
		for errors.Is(err, bus.ErrUnavailable) { // no replica serves yet
			resp, err = bus.Call(ctx, c, endpoint, square{n})
		}
		fmt.Println(resp.N, err)
	}
	// Output:
	// 49 <nil>
	// 0 That is too large.
}
