package llm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// unreachable says why there was no response, and what helps.
func (p *prober) unreachable(err error) string {
	here := "LLM_URL=" + p.cfg.URL
	u, _ := url.Parse(p.base)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return here + fmt.Sprintf(" did not answer within %.0f minutes.", checkTime.Minutes())
	case isDNS(err):
		return here + ": the host " + u.Hostname() + " is not known here. Is the name right, and does it resolve where the bot runs?"
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return here + " does not speak TLS: set LLM_URL=http://" + strings.TrimPrefix(p.cfg.URL, "https://") + "."
	case strings.Contains(err.Error(), "malformed HTTP"):
		return here + " does not speak HTTP: does its port speak TLS (https://), or another protocol?"
	case isCertificate(err):
		return here + ": its certificate is not trusted here (" + certificateFault(err) + ")."
	case errors.Is(err, syscall.ECONNREFUSED):
		return here + ": nothing listens there." + container(u)
	}
	return here + " can't be reached (" + clip(lastWords(err), 200) + ")."
}

func isDNS(err error) bool {
	e, ok := errors.AsType[*net.DNSError](err)
	return ok && !e.IsTimeout
}

func isCertificate(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, host := errors.AsType[x509.HostnameError](err)
	return verification || host
}

func certificateFault(err error) string {
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		err = e.Err
	}
	return clip(strings.TrimPrefix(lastWords(err), "x509: "), 200)
}

// container is a hint for whoever runs the bot in a container.
func container(u *url.URL) string {
	host := u.Hostname()
	if addr, err := netip.ParseAddr(host); host == "localhost" || err == nil && addr.IsLoopback() {
		return " In a container, " + host + " is the container itself; the machine is host.docker.internal."
	}
	return ""
}

// lastWords are those of the error itself, without the request.
func lastWords(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
