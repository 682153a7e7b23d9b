package outage_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/outage"
)

// Most of these errors are real ones.
func TestNetworkErrorsAreExplainedInWords(t *testing.T) {
	const closed = "127.0.0.1:1" // one that was free a moment ago may be somebody else's now
	plain, secure := httptest.NewServer(http.NotFoundHandler()), httptest.NewTLSServer(http.NotFoundHandler())
	defer plain.Close()
	defer secure.Close()
	call := func(ctx context.Context, url string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		_, err = http.DefaultClient.Do(req)
		return err
	}
	dial := func(addr string, cfg *tls.Config) error {
		_, err := tls.Dial("tcp", addr, cfg)
		return err
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	trusted := secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for _, c := range []struct {
		err  error
		says string
	}{
		{call(t.Context(), "http://"+closed), "the connection is refused"},
		{call(late, plain.URL), "it did not answer in time"},
		{dial(plain.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}), "it does not speak TLS"},
		{dial(secure.Listener.Addr().String(), &tls.Config{}), "its certificate is not trusted: it is signed by an unknown authority"},
		{dial(secure.Listener.Addr().String(), &tls.Config{RootCAs: trusted, ServerName: "nats"}), "its certificate is not trusted: it is for another name"},
		{dial(secure.Listener.Addr().String(), &tls.Config{RootCAs: trusted, Time: func() time.Time { return time.Unix(1<<42, 0) }}), "its certificate is not trusted: it has expired, or is not valid yet"},
		{&net.DNSError{Name: "nats", IsNotFound: true}, "the name nats is not found"},
		{&net.DNSError{Name: "nats", IsTimeout: true}, "the name nats can't be looked up now"},
		{errors.New("something else"), ""},
	} {
		if got := outage.Why(fmt.Errorf("connect: %w", c.err)); got != c.says {
			t.Errorf("%v: got %q, want %q", c.err, got, c.says)
		}
	}
}
