package health_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/health"
)

// start returns a server that runs until the test ends.
func start(t *testing.T) *health.Server { t.Helper(); return startAs(t, health.Listen) }

func startAs(t *testing.T, listen func(setting, addr string, metrics prometheus.Gatherer, log zerolog.Logger) (*health.Server, error)) *health.Server {
	t.Helper()
	s, err := listen("ADDR", "127.0.0.1:0", prometheus.NewRegistry(), zerolog.Nop())
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

func says(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, text) })
}

func unheeded(net.Conn, http.ConnState) {}

func TestEverythingElseIsServedOnceThereIsAHandler(t *testing.T) {
	s := start(t)
	base := "http://" + s.Addr()
	s.Waits(errors.New("waiting for NATS at nats://n:4222"))
	if status, _ := get(t, base+"/healthz"); status != http.StatusOK {
		t.Errorf("alive: %d", status)
	}
	for _, path := range []string{"/readyz", "/ws", "/"} {
		if status, body := get(t, base+path); status != http.StatusServiceUnavailable || !strings.Contains(body, "waiting for NATS at nats://n:4222") {
			t.Errorf("%s before: %d %s", path, status, body)
		}
	}
	// No request fails meanwhile.
	var asking sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				// A connection of its own each time: one that is kept may be closed
				// between two requests, which clients know to repeat.
				client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
				resp, err := client.Get(base + "/")
				if err != nil {
					t.Errorf("meanwhile: %v", err)
					return
				}
				_ = resp.Body.Close()
			}
		})
	}
	s.Handle(says("the gateway"), unheeded)
	for _, path := range []string{"/ws", "/"} {
		if status, body := get(t, base+path); status != http.StatusOK || body != "the gateway" {
			t.Errorf("%s after: %d %s", path, status, body)
		}
	}
	close(stop)
	asking.Wait()
	if status, _ := get(t, base+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("before it began: %d", status)
	}
	s.Began(func() error { return nil })
	if status, _ := get(t, base+"/readyz"); status != http.StatusOK {
		t.Errorf("after it began: %d", status)
	}
}

// Connections that were not counted get one more answer.
func TestConnectionsFromBeforeTheHandlerDoNotStay(t *testing.T) {
	s := start(t)
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	answers := bufio.NewReader(c)
	ask := func(path string) *http.Response {
		t.Helper()
		if _, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		return resp
	}
	for range 2 {
		if resp := ask("/"); resp.StatusCode != http.StatusServiceUnavailable || resp.Close {
			t.Errorf("before the handler: %+v", resp)
		}
	}
	var counted atomic.Int32
	s.Handle(says("the gateway"), func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			counted.Add(1)
		}
	})
	if resp := ask("/healthz"); resp.StatusCode != http.StatusOK || !resp.Close {
		t.Errorf("after it: %+v", resp)
	}
	if _, err := answers.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is not closed: %v", err)
	}
	if _, body := get(t, "http://"+s.Addr()); body != "the gateway" || counted.Load() != 1 {
		t.Errorf("%q was answered over %d counted connections", body, counted.Load())
	}
}

func TestAShutdownWaitsForRequestsAndAcceptsNoMore(t *testing.T) {
	s := start(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	s.Handle(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		_, _ = fmt.Fprint(w, "at last")
	}), unheeded)
	body := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + s.Addr())
		if err != nil {
			body <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		text, _ := io.ReadAll(resp.Body)
		body <- string(text)
	}()
	<-asked
	done := make(chan struct{})
	go func() { defer close(done); s.Shutdown(t.Context()) }()
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	bustest.Eventually(t, "no connection is taken", func() bool {
		c, err := net.Dial("tcp", s.Addr())
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	close(answer)
	if text := <-body; text != "at last" {
		t.Errorf("the request was answered %q", text)
	}
	<-done
}

// A request that hangs is ended when the time is up.
func TestAShutdownEndsInTime(t *testing.T) {
	s := start(t)
	asked := make(chan struct{})
	s.Handle(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { close(asked); <-r.Context().Done() }), unheeded)
	failed := make(chan error, 1)
	go func() {
		_, err := http.Get("http://" + s.Addr())
		failed <- err
	}()
	<-asked
	over, cancel := context.WithCancel(t.Context())
	cancel()
	s.Shutdown(over)
	if err := <-failed; err == nil {
		t.Error("the request was answered")
	}
}

// Whatever a process waits for or misses, strangers read no address, host or user of it:
// while it starts, and later.
func TestStrangersReadNothingOfWhatRunsInside(t *testing.T) {
	s := startAs(t, func(setting, addr string, metrics prometheus.Gatherer, log zerolog.Logger) (*health.Server, error) {
		return health.ListenPublic(setting, addr, metrics, nil, log)
	})
	base := "http://" + s.Addr()
	secret := errors.New("waiting for NATS at nats://parley@nats-0.internal:4222: dial tcp 10.1.2.3:4222: connection refused")
	expect := func(path, want string) {
		t.Helper()
		if status, body := get(t, base+path); status != http.StatusServiceUnavailable || body != want+"\n" {
			t.Errorf("%s is answered %d: %q, want %q", path, status, body, want)
		}
	}
	s.Waits(secret)
	for _, path := range []string{"/readyz", "/", "/ws", "/api/login"} {
		expect(path, "this process is still starting")
	}
	var trouble error
	s.Began(func() error { return trouble })
	if status, _ := get(t, base+"/readyz"); status != http.StatusOK {
		t.Errorf("after it began: %d", status)
	}
	trouble = secret
	for _, path := range []string{"/readyz", "/"} {
		expect(path, "this process can't do all its work right now; its log says why")
	}
	trouble = fmt.Errorf("nats-0.internal: %w", plain{})
	expect("/readyz", "the disk is full")
}

// plain is an error with a sentence for strangers.
type plain struct{}

func (plain) Error() string        { return "/var/lib/parley is full" }
func (plain) ForStrangers() string { return "the disk is full" }
