package main

import (
	"context"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/client"
)

// texts are what visitors write: questions, and what breaks programs.
var texts = []string{
	"How do I put the chat on my own site?",
	"Where are the chats kept, and for how long?",
	"What happens when a worker dies? %s %d {{.}} ${x}",
	"Is there a limit for the length of a message? <b>no</b> <script>alert(1)</script>",
	"👩‍👩‍👧‍👦 e\u0301 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627, what does this show?",
	"chat.*.> and live.> are wildcards; which subjects are there?",
	"[click](javascript:alert(1)) `code` **bold** \"quotes\" \\ back",
	"line one\nline two\n\tline three, how are settings read?",
}

// visitor is one visitor with two connections: one that writes and loses its
// connection now and then, and a second tab that only looks.
type visitor struct {
	name            string
	sender, watcher *client.Client
	history         []client.Event // as read back
}

// visit has the visitor send all messages and waits until each is answered and
// both tabs have seen it. The clients end with the context.
func visit(ctx context.Context, o plan, v *visitor, gateways client.Gateways, number int) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	v.name = fmt.Sprintf("Visitor %d of %s", number, time.Now().Format("15:04:05.000"))
	v.sender = client.New(v.name, "", gateways, number)
	wg.Go(func() { v.sender.Run(ctx) })
	if err := v.sender.Await(ctx, "a welcome", client.Seen.Welcomed); err != nil {
		return err
	}
	v.watcher = client.New(v.name, v.sender.Record().Token, gateways, number+1)
	wg.Go(func() { v.watcher.Run(ctx) })

	for i := 0; i < o.messages; {
		burst := 1 + mrand.IntN(3) // some write several before they wait
		for ; burst > 0 && i < o.messages; burst, i = burst-1, i+1 {
			v.sender.Send(fmt.Sprintf("m%d", i+1), fmt.Sprintf("%s (%d of %s)", texts[mrand.IntN(len(texts))], i+1, v.name))
		}
		if mrand.Float64() < o.drops { // with messages under way
			v.sender.Drop()
		}
		if mrand.Float64() < o.drops {
			v.watcher.Drop()
		}
		var err error
		if mrand.IntN(3) == 0 {
			err = v.sender.Await(ctx, "a reply", func(s client.Seen) bool { return s.Answered(i) })
		} else {
			err = v.sender.Await(ctx, "an acknowledgement", func(s client.Seen) bool { return s.Acked(i) })
		}
		if err != nil {
			return err
		}
	}
	if err := v.sender.Await(ctx, "the last reply", func(s client.Seen) bool { return s.Answered(o.messages) }); err != nil {
		return err
	}
	events := v.sender.Record().Events
	last := events[len(events)-1].Seq
	return v.watcher.Await(ctx, "what the first tab saw", func(s client.Seen) bool { return s.Reached(last) })
}

// visitAll runs all visitors at once. What goes wrong is in their records, or in
// the returned sentences.
func visitAll(ctx context.Context, o plan, gateways client.Gateways) (visitors []*visitor, wrong []string) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range o.visitors {
		v := &visitor{}
		visitors = append(visitors, v)
		wg.Go(func() {
			if err := visit(ctx, o, v, gateways, i); err != nil && !errors.Is(err, client.ErrFault) {
				mu.Lock()
				defer mu.Unlock()
				wrong = append(wrong, err.Error())
			}
		})
	}
	wg.Wait()
	return visitors, wrong
}
