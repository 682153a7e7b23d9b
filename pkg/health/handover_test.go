package health_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/health"
)

// start returns a server that runs until the test ends.
func start(t *testing.T) *health.Server {
	t.Helper()
	s, err := health.Listen("ADDR", "127.0.0.1:0", prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestAnotherServerTakesTheListenerOver(t *testing.T) {
	s := start(t)
	l := s.Handover()
	base := "http://" + l.Addr().String()
	s.Waits(errors.New("waiting for NATS at nats://n:4222"))
	if status, _ := get(t, base+"/healthz"); status != http.StatusOK {
		t.Errorf("alive: %d", status)
	}
	for _, path := range []string{"/readyz", "/ws", "/"} {
		if status, body := get(t, base+path); status != http.StatusServiceUnavailable || !strings.Contains(body, "waiting for NATS at nats://n:4222") {
			t.Errorf("%s before: %d %s", path, status, body)
		}
	}
	// Who asks during the handover is answered by the one or by the other.
	var asking sync.WaitGroup
	stop := make(chan struct{})
	end := sync.OnceFunc(func() { close(stop); asking.Wait() })
	defer end()
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				// A connection of its own each time: one that is kept may be closed
				// between two questions, which clients know to repeat.
				client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
				resp, err := client.Get(base + "/healthz")
				if err != nil {
					t.Errorf("during the handover: %v", err)
					return
				}
				_ = resp.Body.Close()
			}
		})
	}
	next := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "the gateway") })}
	served := make(chan error, 1)
	go func() { served <- next.Serve(l) }()
	defer func() { _ = next.Close() }()
	bustest.Eventually(t, "the gateway answers", func() bool {
		_, body := get(t, base+"/readyz")
		return body == "the gateway"
	})
	end()
	_ = next.Close()
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the listener is still open")
	}
}

// A gateway that ends before it serves closes the listener and never accepts.
func TestAListenerThatNobodyTakesOverIsClosed(t *testing.T) {
	s := start(t)
	if err := s.Handover().Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Dial("tcp", s.Addr()); err == nil {
		t.Error("the listener is still open")
	}
}
