package config

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Each of these returns a sentence about what is wrong with a value, or nothing.

func between(n, least, most int) string {
	if n < least || n > most {
		return fmt.Sprintf("%d is not a number from %d to %d", n, least, most)
	}
	return ""
}

// calls judges a ceiling of model calls.
func calls(n int) string { return between(n, 0, 100_000_000) }

// leastTokens is about what the largest call needs: with less, no call might ever fit.
const leastTokens = 20_000

// tokens judges a ceiling of tokens.
func tokens(n int) string {
	if n == 0 || n >= leastTokens && n <= 2_000_000_000 {
		return ""
	}
	return fmt.Sprintf("%d is neither 0 (no ceiling) nor a number from %d, which one long call may need, to 2000000000", n, leastTokens)
}

func atLeast(d, least time.Duration) string {
	if d < least {
		return fmt.Sprintf("%v is less than %v", d, least)
	}
	return ""
}

func oneOf(value string, allowed ...string) string {
	if !slices.Contains(allowed, value) {
		return fmt.Sprintf("%q is none of %s", value, strings.Join(allowed, ", "))
	}
	return ""
}

// rate checks a number of frames per second.
func rate(perSecond float64) string {
	if !(perSecond >= 0.01 && perSecond <= 1e8) {
		return fmt.Sprintf("%v is not a number from 0.01 to 100000000", perSecond)
	}
	return ""
}

func share(s string) string {
	if n, err := strconv.ParseFloat(s, 64); err != nil || !(n >= 0 && n <= 1) {
		return fmt.Sprintf("%q is not a number from 0 to 1", s)
	}
	return ""
}

// certificates checks the name of a file of certificates; it may be empty.
func certificates(file string) string {
	if file == "" {
		return ""
	}
	pem, err := os.ReadFile(file)
	switch {
	case err != nil:
		return fmt.Sprintf("%q is not a file that can be read", file)
	case !x509.NewCertPool().AppendCertsFromPEM(pem):
		return fmt.Sprintf("the file %q holds no certificate", file)
	}
	return ""
}

// folder checks the name of a folder; it may be empty.
func folder(name string) string {
	if name == "" {
		return ""
	}
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return fmt.Sprintf("%q is not a folder that can be read", name)
	}
	return ""
}

// headers checks that OpenTelemetry can parse the headers. If it can't, it writes the
// value, which is usually a secret, to standard error and continues.
func headers(s string) string {
	for header := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(header, "=")
		if _, err := url.PathUnescape(value); s != "" && (!ok || strings.TrimSpace(name) == "" || err != nil) {
			return "it is not a list such as name=value,other=value with each value escaped as in a URL"
		}
	}
	return ""
}
