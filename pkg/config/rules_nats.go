package config

import (
	"crypto/tls"
	"fmt"
	"os"
	"strings"
)

// minStreams is the least that all streams together may hold.
const minStreams = 16e6

const withoutNATS = "it means nothing without NATS_URL: the embedded server lets nobody else in"

// natsCreds checks a file of credentials, as nsc and managed NATS write it.
func natsCreds(g given) string {
	if g.NATSCreds == "" {
		return ""
	}
	text, err := os.ReadFile(g.NATSCreds)
	switch {
	case g.NATSURL == "":
		return withoutNATS
	case err != nil:
		return fmt.Sprintf("%q is not a file that can be read", g.NATSCreds)
	case !strings.Contains(string(text), "BEGIN NATS USER JWT"):
		return fmt.Sprintf("the file %q holds no user's JWT; a file of credentials ends with .creds and begins with -----BEGIN NATS USER JWT-----", g.NATSCreds)
	case !strings.Contains(string(text), "BEGIN USER NKEY SEED"):
		return fmt.Sprintf("the file %q holds a JWT, but not the user's seed", g.NATSCreds)
	case g.NATSNKey != "":
		return "NATS_NKEY is set, too; a user has one or the other"
	}
	return ""
}

// natsNKey checks a file with the seed of a user's NKey.
func natsNKey(g given) string {
	if g.NATSNKey == "" {
		return ""
	}
	text, err := os.ReadFile(g.NATSNKey)
	switch {
	case g.NATSURL == "":
		return withoutNATS
	case err != nil:
		return fmt.Sprintf("%q is not a file that can be read", g.NATSNKey)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "SU") && len(line) == 58 {
			return ""
		}
	}
	return fmt.Sprintf("the file %q holds no seed of a user; such a seed begins with SU and has 58 characters", g.NATSNKey)
}

// natsCert checks a client certificate with its key.
func natsCert(g given) string {
	switch {
	case g.NATSCert == "":
		return ""
	case g.NATSURL == "":
		return withoutNATS
	case g.NATSKey == "":
		return "a client certificate needs its key: NATS_KEY"
	}
	if _, err := tls.LoadX509KeyPair(g.NATSCert, g.NATSKey); err != nil {
		return fmt.Sprintf("%q and %q can't be used as a certificate and its key: %v", g.NATSCert, g.NATSKey, err)
	}
	return ""
}

func natsKey(g given) string {
	if g.NATSKey != "" && g.NATSCert == "" {
		return "a key needs its certificate: NATS_CERT"
	}
	return ""
}
