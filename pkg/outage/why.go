package outage

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// Why says in words why a server can't be reached, to be put after a colon; empty if
// err is not an error of the network.
func Why(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return "the name " + dns.Name + " is not found"
		}
		return "the name " + dns.Name + " can't be looked up now"
	}
	if why := distrust(err); why != "" {
		return "its certificate is not trusted: " + why
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "it does not speak TLS"
	}
	if err == nil {
		return ""
	}
	// crypto/tls has no type for what the other side says: it wants a client certificate, say.
	if _, alert, told := strings.Cut(err.Error(), "remote error: tls: "); told {
		return "it ended the TLS handshake: " + alert
	}
	for _, known := range []struct {
		err  error
		says string
	}{
		{syscall.ECONNREFUSED, "the connection is refused"},
		{syscall.EHOSTUNREACH, "there is no route to its address"},
		{syscall.ENETUNREACH, "there is no route to its address"},
		{syscall.ECONNRESET, "the connection was ended"},
		{syscall.EPIPE, "the connection was ended"},
		{io.EOF, "the connection was ended"},
		{io.ErrUnexpectedEOF, "the connection was ended"},
		{context.DeadlineExceeded, "it did not answer in time"},
		{os.ErrDeadlineExceeded, "it did not answer in time"},
	} {
		if errors.Is(err, known.err) {
			return known.says
		}
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return "it did not answer in time"
	}
	return ""
}

// distrust says why a certificate is not trusted; empty if err is about something else.
func distrust(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return "it has expired, or is not valid yet"
		}
		return invalid.Error()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "it is signed by an unknown authority"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "it is for another name"
	}
	return ""
}
