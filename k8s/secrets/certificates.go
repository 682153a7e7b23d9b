package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	authorityYears = 10
	nodeYears      = 2
)

// natsNames are the names by which clients and nodes reach the NATS servers; localhost is
// for a kubectl port-forward.
var natsNames = []string{
	"nats", "nats.parley", "nats.parley.svc", "nats.parley.svc.cluster.local",
	"*.nats-nodes", "*.nats-nodes.parley", "*.nats-nodes.parley.svc", "*.nats-nodes.parley.svc.cluster.local",
	"nats-0.nats-nodes", "nats-1.nats-nodes", "nats-2.nats-nodes", "localhost",
	// The namespaces of k8s/overlays/region.
	"nats.parley-eu", "nats.parley-eu.svc", "nats.parley-ap", "nats.parley-ap.svc",
}

// certificates generates the installation's own authority and the certificates that it
// signs. The authority's key is needed only here and stays out of the cluster. It
// belongs to the first certificate in ca.crt; one that is being replaced may follow, see
// docs/kubernetes.md. nats are further names of the NATS servers.
func certificates(folder, host string, nats []string) error {
	ca := pair{folder, "ca"}
	if err := ca.ensure(func() (*x509.Certificate, *tls.Certificate, error) {
		return &x509.Certificate{
			Subject: pkix.Name{CommonName: "Parley's own authority"}, NotAfter: years(authorityYears),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}, nil, nil
	}); err != nil {
		return err
	}
	signed := func(name string, names []string) error {
		return pair{folder, name}.ensure(func() (*x509.Certificate, *tls.Certificate, error) {
			authority, err := tls.LoadX509KeyPair(ca.path("crt"), ca.path("key"))
			if err != nil {
				return nil, nil, fmt.Errorf("sign with ca.crt and ca.key: %w", err)
			}
			return &x509.Certificate{
				Subject: pkix.Name{CommonName: names[0]}, NotAfter: years(nodeYears),
				DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
				KeyUsage:    x509.KeyUsageDigitalSignature,
				ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
			}, &authority, nil
		})
	}
	if err := signed("nats", slices.Concat(natsNames, nats)); err != nil || host == "" {
		return err
	}
	return signed("ingress", []string{host})
}

func years(n int) time.Time { return time.Now().AddDate(n, 0, 0) }

// pair is a certificate and its key, in two files.
type pair struct{ folder, name string }

func (p pair) path(kind string) string { return filepath.Join(p.folder, p.name+"."+kind) }

// ensure generates both files unless both exist. describe returns what to certify and
// who signs it; nil means that it signs itself.
func (p pair) ensure(describe func() (*x509.Certificate, *tls.Certificate, error)) error {
	_, noCrt := os.Stat(p.path("crt"))
	_, noKey := os.Stat(p.path("key"))
	if noCrt == nil && noKey == nil {
		return nil
	}
	if noCrt == nil || noKey == nil {
		return fmt.Errorf("only one of %s and %s exists; restore the other, or remove this one to have both generated", p.path("crt"), p.path("key"))
	}
	if !errors.Is(noCrt, fs.ErrNotExist) {
		return noCrt
	}
	cert, by, err := describe()
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	cert.SerialNumber = new(big.Int).SetBytes(random(16))
	cert.NotBefore = time.Now().Add(-time.Hour) // for clocks that are behind
	parent, signer := cert, any(key)
	if by != nil {
		parent, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, signer)
	if err != nil {
		return fmt.Errorf("certify %s: %w", p.name, err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	encode := func(kind string, b []byte) func() ([]byte, error) {
		return func() ([]byte, error) { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), nil }
	}
	return errors.Join(ensure(p.path("crt"), encode("CERTIFICATE", der)), ensure(p.path("key"), encode("PRIVATE KEY", secret)))
}
