package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/outage"
)

const (
	// askEvery is the usual time between two questions.
	askEvery = 5 * time.Second
	// askTime is how long an answer may take, maxFace how long it may be.
	askTime = 5 * time.Second
	maxFace = 64 << 10
)

// faces keeps the pages' face as the gateways have it.
type faces struct {
	url, host string
	every     time.Duration
	retries   backoff.Policy
	wear      func(face []byte)
	client    *http.Client
	metrics   *metrics
	outages   *outage.Log
	worn      []byte
	known     chan struct{} // closed once a gateway has answered
}

func newFaces(opts Options, wear func([]byte), m *metrics) *faces {
	every := cmp.Or(opts.AskEvery, askEvery)
	return &faces{
		url: opts.Gateway + opts.Base + "/api/config", host: opts.GatewayHost, wear: wear, every: every, retries: backoff.Policy{Min: every / 5, Max: 2 * every}, metrics: m, known: make(chan struct{}),
		// No proxy, whatever the environment says: the gateways are within reach.
		client:  &http.Client{Timeout: askTime, Transport: &http.Transport{IdleConnTimeout: time.Minute, MaxIdleConns: 2}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		outages: outage.New(opts.Log, "GATEWAY_URL", "pages come with the name and the colors that were known last, and with the present ones a moment later", 10*time.Second),
	}
}

// run asks until the context ends.
func (f *faces) run(ctx context.Context) {
	defer f.client.CloseIdleConnections()
	var first sync.Once
	for tries := 0; ; {
		face, err := f.ask(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			tries++
			f.metrics.faceless.Inc()
			f.outages.Down(err)
		} else {
			tries = 0
			f.outages.Up()
			first.Do(func() { close(f.known) })
			if !bytes.Equal(face, f.worn) {
				f.worn = face
				f.wear(face)
			}
		}
		pause := f.every
		if tries > 0 {
			pause = f.retries.Delay(tries)
		}
		if backoff.Sleep(ctx, pause) != nil {
			return
		}
	}
}

// await waits until a gateway has answered, for so long at most.
func (f *faces) await(ctx context.Context, most time.Duration) {
	enough := time.NewTimer(most)
	defer enough.Stop()
	select {
	case <-f.known:
	case <-enough.C:
	case <-ctx.Done():
	}
}

// ask returns the face that a gateway has.
func (f *faces) ask(ctx context.Context) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", f.url, err)
	}
	r.Host = f.host // empty: that of the address
	answer, err := f.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask a gateway how the chat looks: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxFace+1))
	if err != nil {
		return nil, fmt.Errorf("read how the chat looks: %w", err)
	}
	return faceIn(answer.StatusCode, body)
}

var errNoGateway = errors.New("what answers there is no gateway")

// faceIn reads a gateway's answer.
func faceIn(status int, body []byte) ([]byte, error) {
	switch {
	case status >= 500:
		return nil, fmt.Errorf("the gateway can't answer now: status %d", status)
	case status != http.StatusOK:
		return nil, fmt.Errorf("%w: it answers with status %d", errNoGateway, status)
	}
	var config struct {
		Face json.RawMessage `json:"face"`
	}
	if len(body) > maxFace || json.Unmarshal(body, &config) != nil {
		return nil, errNoGateway
	}
	var compact bytes.Buffer
	if face := bytes.TrimSpace(config.Face); len(face) == 0 || face[0] != '{' || json.Compact(&compact, face) != nil {
		return nil, errNoGateway
	}
	return compact.Bytes(), nil
}
