package compose

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// certify writes the certificate of an authority, valid for ten days, and one for this
// machine that it signed, and returns the paths.
func certify(t *testing.T, until time.Time) (authority, certificate, key string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sign := func(describe, parent *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if signer == nil {
			signer = own
		}
		der, err := x509.CreateCertificate(rand.Reader, describe, parent, own.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		return der, own
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 10),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, signer := sign(ca, ca, nil)
	authority = write("ca.crt", "CERTIFICATE", der)
	der, own := sign(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "nats"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca, signer)
	certificate = write("nats.crt", "CERTIFICATE", der)
	der, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return authority, certificate, write("nats.key", "PRIVATE KEY", der)
}

// startTLS starts a NATS server whose certificate is valid until then.
func startTLS(t *testing.T, until time.Time) (addr, authority string) {
	t.Helper()
	authority, certificate, key := certify(t, until)
	dir := t.TempDir()
	conf := filepath.Join(dir, "nats.conf")
	text := fmt.Sprintf("listen: \"127.0.0.1:-1\"\ntls { cert_file: %q, key_file: %q }\njetstream { store_dir: %q }\n", certificate, key, dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	server := start(t, exec.CommandContext(t.Context(), program(t, natsBuilt), "-c", conf))
	server.says(t, "Server is ready")
	return server.says(t, `Listening for client connections on (\S+:\d+)`), authority
}

// Before NATS' certificate expires a role shows when; afterwards it reports that it has.
func TestARoleKnowsUntilWhenNATSCertificateIsGood(t *testing.T) {
	t.Parallel()
	soon := time.Now().Add(72 * time.Hour).Truncate(time.Second)
	good, authority := startTLS(t, soon)
	addr := freeAddress(t)
	start(t, parley(t, []string{"NATS_URL=nats://" + good, "NATS_CA=" + authority, "HEALTH_ADDR=" + addr}, "botworker")).says(t, `"message":"running"`)
	const figure = "\nparley_bus_certificate_expiry_timestamp_seconds "
	_, rest, _ := strings.Cut(get(t, "http://"+addr+"/metrics"), figure)
	text, _, _ := strings.Cut(rest, "\n")
	if at, err := strconv.ParseFloat(text, 64); err != nil || int64(at) != soon.Unix() {
		t.Errorf("it is valid until %q, want %d", text, soon.Unix())
	}

	over, itsAuthority := startTLS(t, time.Now().Add(-time.Minute))
	for _, c := range []struct{ says, url, ca string }{
		{"its certificate is not trusted: it is signed by an unknown authority", good, ""},
		{"its certificate is not trusted: it has expired, or is not valid yet", over, itsAuthority},
	} {
		addr := freeAddress(t)
		settings := []string{"NATS_URL=nats://" + c.url, "HEALTH_ADDR=" + addr}
		if c.ca != "" {
			settings = append(settings, "NATS_CA="+c.ca)
		}
		p := start(t, parley(t, settings, "botworker"))
		p.says(t, `"try":1,"error":"`+c.says+`"`)
		readyz(t, addr, "waiting for NATS at nats://"+c.url+": "+c.says)
		p.lives(t)
		if strings.Contains(get(t, "http://"+addr+"/metrics"), figure) {
			t.Errorf("it shows a certificate that it does not trust")
		}
	}
}
