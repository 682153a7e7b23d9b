package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/plainjson"
	"github.com/parley-chat/parley/pkg/spent"
)

// Endpoint names one call of a service, with the types of its request and response. The
// name is "<service>.<endpoint>".
type Endpoint[Req, Resp any] struct{ Name string }

// Call calls one replica of the service. The error is a *Refusal if the service refused,
// or wraps ErrUnavailable if there was no answer in time; then the call may still have
// had its effect.
func Call[Req, Resp any](ctx context.Context, c *Conn, ep Endpoint[Req, Resp], req Req) (Resp, error) {
	return callWithin(ctx, c, ep, req, requestTimeout)
}

func callWithin[Req, Resp any](ctx context.Context, c *Conn, ep Endpoint[Req, Resp], req Req, limit time.Duration) (Resp, error) {
	var resp Resp
	body, err := json.Marshal(req)
	if err != nil {
		return resp, fmt.Errorf("encode call of %s: %w", ep.Name, err)
	}
	msg, err := c.requestMessage(ctx, callMessage(ctx, serviceSubject(ep.Name), body), limit)
	if err != nil {
		return resp, fmt.Errorf("call %s: %w", ep.Name, err)
	}
	if code := msg.Header.Get(micro.ErrorCodeHeader); code != "" {
		sentence := msg.Header.Get(micro.ErrorHeader)
		if code == codes.Unavailable {
			return resp, fmt.Errorf("call %s: %w (%s)", ep.Name, ErrUnavailable, sentence)
		}
		return resp, &Refusal{Code: code, Message: sentence}
	}
	if err := decodeAnswer(msg.Data, &resp); err != nil {
		return resp, fmt.Errorf("decode answer of %s: %w", ep.Name, err)
	}
	return resp, nil
}

// encodeAnswer writes an answer as JSON: by itself, if it knows how.
func encodeAnswer(resp any) ([]byte, error) {
	if plain, is := resp.(interface{ AppendJSON(b []byte) ([]byte, bool) }); is {
		if b, ok := plain.AppendJSON(nil); ok {
			return b, nil
		}
	}
	return json.Marshal(resp)
}

// decodeAnswer is the reverse of encodeAnswer.
func decodeAnswer[Resp any](data []byte, resp *Resp) error {
	if plain, is := any(resp).(interface{ ReadPlain(r *plainjson.Reader) }); is {
		r := plainjson.Read(data)
		plain.ReadPlain(&r)
		if r.Done() {
			return nil
		}
		var none Resp
		*resp = none
	}
	return json.Unmarshal(data, resp)
}

// askAgain is how long Ask waits for an answer before it asks a second replica.
const askAgain = time.Second

// Ask is Call for calls that change nothing: if the replica does not answer within a
// second, or is stopping, another one is asked as well, and the first good answer counts.
// So nobody waits for a replica that died.
func Ask[Req, Resp any](ctx context.Context, c *Conn, ep Endpoint[Req, Resp], req Req) (Resp, error) {
	type answer struct {
		resp Resp
		err  error
	}
	answers := make(chan answer, 2)
	var asking sync.WaitGroup
	defer asking.Wait()
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	ask := func() {
		asking.Go(func() {
			resp, err := Call(ctx, c, ep, req)
			answers <- answer{resp, err}
		})
	}
	ask()
	more, open := true, 1
	slow := time.NewTimer(askAgain)
	defer slow.Stop()
	for {
		select {
		case a := <-answers:
			open--
			if a.err == nil || !errors.Is(a.err, ErrUnavailable) || open == 0 && (!more || ctx.Err() != nil) {
				return a.resp, a.err
			}
		case <-slow.C:
		}
		if more {
			more = false
			open++
			ask()
		}
	}
}

// callTime limits one call of a service; it ends before the caller gives up.
const callTime = requestTimeout - 500*time.Millisecond

// callsAtOnce limits the concurrent calls of one replica of a service; further ones wait
// in the subscription.
const callsAtOnce = 64

// Handling is the handler of one call of a service, made by Handle.
type Handling struct {
	name    string
	respond func(ctx context.Context, data []byte) ([]byte, error)
	// within limits a call that takes longer than others and is canceled when the
	// replica stops; 0: callTime, and it is finished then.
	within time.Duration
	// figures, if not nil, is what the replica reports when it is asked for its
	// figures, instead of how long its calls took.
	figures func() any
}

// connectionsCall is the endpoint of a service that exists for its figures: NATS'
// micro services have figures of endpoints only.
const connectionsCall = "connections"

// Report returns the call by which a replica of a service reports how many connections it
// holds. held is called concurrently.
func Report(service string, held func() Connections) Handling {
	return Handling{
		name:    service + "." + connectionsCall,
		respond: func(context.Context, []byte) ([]byte, error) { return json.Marshal(held()) },
		figures: func() any { return held() },
	}
}

// Handle pairs an endpoint with the function that answers it. An error that is a *Refusal
// reaches the caller as it is; any other one is logged, and the caller learns only that
// the service is temporarily unavailable.
func Handle[Req, Resp any](ep Endpoint[Req, Resp], f func(context.Context, Req) (Resp, error)) Handling {
	return Handling{name: ep.Name, respond: func(ctx context.Context, data []byte) ([]byte, error) {
		var req Req
		if err := json.Unmarshal(data, &req); err != nil {
			return nil, &Refusal{Code: codes.BadRequest, Message: "This call could not be read."}
		}
		resp, err := f(ctx, req)
		if err != nil {
			return nil, err
		}
		return encodeAnswer(resp)
	}}
}

// Serve answers calls as one replica of the service until the context ends, and then
// finishes those that are running. As a NATS micro service it is discoverable.
func (c *Conn) Serve(ctx context.Context, service, version string, handlings ...Handling) error {
	return c.ServeSaying(ctx, service, version, Says{}, handlings...)
}

// ServeWithConcurrency is Serve for a replica that also reports how much of its work (not
// of the calls) it does at once: see Replica.Concurrency.
func (c *Conn) ServeWithConcurrency(ctx context.Context, service, version string, concurrency int, handlings ...Handling) error {
	return c.ServeSaying(ctx, service, version, Says{Concurrency: concurrency}, handlings...)
}

// Says is what a replica says about itself, beside what each does. The zero value says
// nothing.
type Says struct {
	Concurrency int             // see Replica.Concurrency
	Ceilings    *spent.Ceilings // see Replica.Ceilings
	Trouble     Trouble         // see Replica.Trouble; nil: none ever
	Ratings     func() Ratings  // see Replica.Ratings; called concurrently
}

// Trouble says in a sentence what is wrong at a replica while it runs, or "" if nothing is.
// It is called concurrently.
type Trouble func() string

// ServeSaying is Serve for a replica that says more about itself.
func (c *Conn) ServeSaying(ctx context.Context, service, version string, about Says, handlings ...Handling) error {
	times := newCallTimes()
	host, _ := os.Hostname() // without it, the replica still has an id
	says := map[string]string{metaHost: host, metaStarted: time.Now().UTC().Format(time.RFC3339Nano)}
	if about.Concurrency > 0 {
		says[metaConcurrency] = strconv.Itoa(about.Concurrency)
	}
	if about.Ceilings != nil {
		if b, err := json.Marshal(about.Ceilings); err == nil {
			says[metaCeilings] = string(b)
		}
	}
	svc, err := micro.AddService(c.nc, micro.Config{
		Name: service, Version: version, Description: "Parley " + service, StatsHandler: figuresOf(times, about, handlings), Metadata: says,
	})
	if err != nil {
		return fmt.Errorf("start service %s: %w", service, translate(err))
	}
	calls := &calls{slots: make(chan struct{}, callsAtOnce)}
	for _, h := range handlings {
		handler := micro.HandlerFunc(func(req micro.Request) {
			if !calls.begin(func() {
				began := time.Now()
				failed := c.answer(ctx, h, req)
				times.ended(endpointName(h.name), time.Since(began), failed)
			}) {
				c.reply(&nats.Msg{Subject: req.Reply(), Header: refusalHeader(codes.Unavailable, "This replica is stopping.")}, h.name)
			}
		})
		if err := svc.AddEndpoint(endpointName(h.name), handler, micro.WithEndpointSubject(string(serviceSubject(h.name)))); err != nil {
			return errors.Join(fmt.Errorf("add endpoint %s: %w", h.name, err), svc.Stop())
		}
	}
	<-ctx.Done()
	err = svc.Stop() // does not wait for calls that are on their way
	calls.end()
	c.sayGoodbye(service, svc.Info().ID)
	if err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		return fmt.Errorf("stop service %s: %w", service, err)
	}
	return nil
}

// reported is what a replica reports of itself beside the figures of each endpoint: micro services
// have those only.
type reported struct {
	Trouble string   `json:"trouble,omitempty"`
	Ratings *Ratings `json:"ratings,omitempty"`
}

// figuresOf returns what a replica reports on one of its endpoints.
func figuresOf(times *callTimes, about Says, handlings []Handling) micro.StatsHandler {
	return func(endpoint *micro.Endpoint) any {
		for _, h := range handlings {
			if h.figures != nil && endpointName(h.name) == endpoint.Name {
				return h.figures()
			}
		}
		took := times.stats(endpoint)
		var all struct {
			*CallTimes
			reported
		}
		if about.Trouble != nil {
			all.Trouble = about.Trouble()
		}
		if about.Ratings != nil {
			ratings := about.Ratings()
			all.Ratings = &ratings
		}
		if all.reported == (reported{}) {
			return took
		}
		if t, ok := took.(CallTimes); ok {
			all.CallTimes = &t
		}
		return all
	}
}

// answer reports whether the call failed, which a refusal is not.
func (c *Conn) answer(ctx context.Context, h Handling, req micro.Request) (failed bool) {
	limit := h.within
	if limit == 0 {
		ctx, limit = context.WithoutCancel(ctx), callTime
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ctx, span := c.opts.Tracer.Receive(ctx, req.Headers().Get(traceHeader), "call", h.name)
	began, result := time.Now(), "ok"
	data, err := c.respondSafely(ctx, h, req.Data())
	span.End(err)
	var no *Refusal
	reply := &nats.Msg{Subject: req.Reply(), Data: data}
	switch {
	case err == nil:
	case errors.As(err, &no):
		result = "refused"
		reply.Header = refusalHeader(no.Code, no.Message)
	default:
		result, failed = "failed", true
		line := c.log.Debug() // whoever asked what is down logs that
		if !errors.Is(err, ErrUnavailable) {
			line = c.calls.Line(h.name, c.log.Warn())
		}
		line.Ctx(ctx).Str("endpoint", h.name).Err(err).Msg("call failed")
		reply.Header = refusalHeader(codes.Unavailable, "This is temporarily unavailable.")
	}
	c.metrics.answered(h.name, result, began)
	// Not by req.Respond or req.Error: they write fields that micro reads without a lock
	// as soon as its handler returned, which is before a call here is answered.
	c.reply(reply, h.name)
	return failed
}

func (c *Conn) reply(msg *nats.Msg, endpoint string) {
	if err := c.nc.PublishMsg(msg); err != nil {
		c.log.Debug().Str("endpoint", endpoint).Err(err).Msg("answer not sent")
	}
}

// calls are the running calls of one replica of a service.
type calls struct {
	slots   chan struct{}
	running sync.WaitGroup

	mu    sync.Mutex // guards what follows
	ended bool
}

// begin runs a call in its own goroutine, as soon as there is a slot. It returns false
// after end.
func (s *calls) begin(call func()) bool {
	s.slots <- struct{}{}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		<-s.slots
		return false
	}
	s.running.Go(func() {
		defer func() { <-s.slots }()
		call()
	})
	return true
}

// end waits for the running calls; no other one begins.
func (s *calls) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.running.Wait()
}

func refusalHeader(code, sentence string) nats.Header {
	return nats.Header{micro.ErrorCodeHeader: []string{code}, micro.ErrorHeader: []string{sentence}}
}

func (c *Conn) respondSafely(ctx context.Context, h Handling, data []byte) (resp []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errPanic, p)
		}
	}()
	return h.respond(ctx, data)
}

// endpointName turns "history.page" into a name that micro accepts.
func endpointName(name string) string {
	for i := range name {
		if name[i] == '.' {
			return name[i+1:]
		}
	}
	return name
}
