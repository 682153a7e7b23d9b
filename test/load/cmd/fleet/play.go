package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/client"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/verify"
)

// play is one run: start, visit, read everything back, check.
func play(ctx context.Context, o plan, dir string) (*result, error) {
	r := &result{o: o}
	began := time.Now()
	program, err := proc.Parley(ctx, dir)
	if err != nil {
		return nil, err
	}
	natsURL, mongoURL, stop, err := neighbours(ctx, o, dir)
	defer stop()
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("parley_fleet_%d", time.Now().UnixNano())
	if mongoURL, err = proc.WithDatabase(mongoURL, name); err != nil {
		return nil, err
	}
	db, err := openDatabase(ctx, mongoURL, name)
	if err != nil {
		return nil, err
	}
	defer db.drop(context.WithoutCancel(ctx))
	r.built = time.Since(began)

	began = time.Now()
	f := &fleet{dir: dir, parley: program, env: settings(natsURL, mongoURL, dir), killed: map[string]int{}}
	err = f.start(ctx, o)
	defer func() { r.wrong = append(r.wrong, f.stop()...) }()
	if err != nil {
		return nil, err
	}
	r.started = time.Since(began)

	if err := r.traffic(ctx, o, f); err != nil {
		return nil, err
	}
	if len(r.wrong) > 0 { // those who gave up have not seen everything
		return r, nil
	}
	if err := r.readBack(ctx, o, f, db); err != nil {
		return nil, err
	}
	for _, c := range r.chats {
		r.wrong = append(r.wrong, verify.Check(c)...)
	}
	return r, nil
}

// traffic has the visitors talk, while processes are killed where that is wished.
func (r *result) traffic(ctx context.Context, o plan, f *fleet) error {
	killing, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	if o.kill {
		g.Go(func() error { return f.killSome(killing, o.killEvery) })
	}
	began := time.Now()
	r.visitors, r.wrong = visitAll(ctx, o, f.gateways)
	r.took = time.Since(began)
	stop()
	if err := g.Wait(); err != nil {
		return err
	}
	r.killed = f.killed
	for _, v := range r.visitors {
		for _, c := range []*client.Client{v.sender, v.watcher} {
			if c == nil {
				continue
			}
			rec := c.Record()
			r.connections += rec.Connections
			for _, fault := range rec.Faults {
				r.wrong = append(r.wrong, rec.Name+": "+fault)
			}
		}
	}
	return nil
}

// pagesAtOnce is how many histories are read at once: few of the server that the
// fleet brings along, which reads all events for each page.
func pagesAtOnce() int {
	if os.Getenv("MONGO_URL") == "" {
		return 2
	}
	return 16
}

// histories reads the chats of some visitors page by page.
func histories(ctx context.Context, f *fleet, visitors []*visitor, page int) error {
	gateways := f.gateways()
	var g errgroup.Group
	g.SetLimit(pagesAtOnce())
	for i, v := range visitors {
		g.Go(func() error {
			rec := v.sender.Record()
			events, err := client.History(ctx, gateways[i%len(gateways)], rec.Name, rec.Token, page)
			v.history = events
			return err
		})
	}
	return g.Wait()
}

// readBack reads chats once more: some page by page through fresh connections, at
// once, while the store may lag; and all of them out of the store.
func (r *result) readBack(ctx context.Context, o plan, f *fleet, db *database) error {
	for _, v := range r.visitors {
		r.events += len(v.sender.Record().Events)
	}
	began := time.Now()
	if err := histories(ctx, f, r.visitors[:min(o.paged, len(r.visitors))], o.page); err != nil {
		return err
	}
	r.paged = time.Since(began)
	if err := db.await(ctx, int64(r.events)); err != nil {
		return err
	}
	r.stored = time.Since(began)
	return r.compare(ctx, db)
}

// compare collects what everybody saw of each chat.
func (r *result) compare(ctx context.Context, db *database) error {
	for i, v := range r.visitors {
		sender, watcher := v.sender.Record(), v.watcher.Record()
		r.sent = append(r.sent, sender.Sent...)
		r.replies += verify.Replies(sender.Events)
		r.replyTimes = append(r.replyTimes, replyTimes(sender)...)
		r.chats = append(r.chats, verify.Chat{Visitor: sender.Name, Sent: sender.Sent, Views: []verify.View{
			{Name: "the sender", Events: sender.Events, Chained: true},
			{Name: "the other tab", Events: watcher.Events, Chained: true},
		}})
		if v.history != nil {
			r.chats[i].Views = append(r.chats[i].Views, verify.View{Name: "the history", Events: v.history, Chained: true})
		}
	}
	began := time.Now()
	chats, err := db.all(ctx)
	if err != nil {
		return err
	}
	r.readStore = time.Since(began)
	for i, v := range r.visitors {
		id := v.sender.Record().Chat
		r.chats[i].Views = append(r.chats[i].Views, verify.View{Name: "the store", Events: chats[id]})
		r.inStore += len(chats[id])
		delete(chats, id)
	}
	for id, events := range chats {
		r.wrong = append(r.wrong, fmt.Sprintf("the store holds %d events of a chat %s that nobody had", len(events), id))
	}
	return nil
}

// replyTimes returns how long after it was sent each message was answered.
func replyTimes(rec client.Record) []time.Duration {
	var out []time.Duration
	for _, m := range rec.Sent {
		i := slices.IndexFunc(rec.Events, func(e client.Event) bool { return e.Kind == "reply" && e.Through >= m.Seq })
		if i >= 0 {
			out = append(out, rec.Arrived[i].Sub(m.At))
		}
	}
	return out
}
