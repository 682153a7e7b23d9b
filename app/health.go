package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/config"
)

// healthLimit is how long an answer may take. The image's HEALTHCHECK allows more, so
// that our own sentence is shown.
const healthLimit = 3 * time.Second

// Health asks the process that has the same settings whether it is healthy, for images
// without a shell. All its errors have the exit code 1: Docker knows no other.
func Health(ctx context.Context, args []string) error {
	path := "/readyz"
	switch strings.Join(args, " ") {
	case "":
	case "live":
		path = "/healthz"
	default:
		return fmt.Errorf("%q is neither empty (is it ready?) nor live (is it alive?)", strings.Join(args, " "))
	}
	// Other faults of the settings are for the process itself to report.
	c, _ := config.Load("")
	addr, err := callable(cmp.Or(c.HealthAddr, c.Addr))
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, healthLimit)
	defer stop()
	return ask(ctx, addr, path)
}

// callable turns an address to listen on into one to connect to.
func callable(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("%q is not an address such as :8081", addr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

func ask(ctx context.Context, addr, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return fmt.Errorf("%q is not an address such as :8081", addr)
	}
	// No proxy, whatever the environment says: the process is on this machine.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if ctx.Err() != nil {
		return fmt.Errorf("%s gave no answer within %v", addr, healthLimit)
	}
	if fault := (*url.Error)(nil); errors.As(err, &fault) {
		err = fault.Err
	}
	if err != nil {
		return fmt.Errorf("nobody answers on %s: %w", addr, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	why, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	line, _, _ := strings.Cut(strings.TrimSpace(string(why)), "\n")
	return fmt.Errorf("%s answers %s: %s", addr, resp.Status, line)
}
