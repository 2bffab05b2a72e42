package main

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// trust is an authority for the fakes' certificates, and how binaries are made
// to believe it.
type trust struct {
	server tls.Certificate
	env    []string
	roots  int // authorities in the file that the binaries read
}

// Where Linux distributions keep their bundle of authorities, as in Go's
// crypto/x509 (root_linux.go).
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
}

// newTrust makes a chain like that of AWS' endpoints (RSA 2048: a root, an
// authority below it, a server) and a bundle of the root and the machine's own
// authorities: reading some 140 of them is a real part of the first handshake.
func newTrust(dir string) (trust, error) {
	root, err := issue(nil, &x509.Certificate{Subject: pkix.Name{CommonName: "bench root"}, IsCA: true})
	if err != nil {
		return trust{}, err
	}
	middle, err := issue(root, &x509.Certificate{Subject: pkix.Name{CommonName: "bench authority"}, IsCA: true})
	if err != nil {
		return trust{}, err
	}
	leaf, err := issue(middle, &x509.Certificate{
		Subject:     pkix.Name{CommonName: "bench"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return trust{}, err
	}
	t := trust{server: tls.Certificate{Certificate: [][]byte{leaf.Raw, middle.Raw}, PrivateKey: leaf.key}}
	return t, t.write(dir, root)
}

// write makes the bundle, and an empty directory: Go reads the directories of
// the machine beside the file, unless it is told of another one.
func (t *trust) write(dir string, root *issued) error {
	file, none := filepath.Join(dir, "authorities.pem"), filepath.Join(dir, "none")
	var bundle []byte
	for _, path := range bundles {
		if found, err := os.ReadFile(path); err == nil {
			bundle = append(found, '\n')
			break
		}
	}
	bundle = append(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})...)
	t.roots = bytes.Count(bundle, []byte("BEGIN CERTIFICATE"))
	t.env = []string{"SSL_CERT_FILE=" + file, "SSL_CERT_DIR=" + none}
	return cmp.Or(os.Mkdir(none, 0o700), os.WriteFile(file, bundle, 0o600))
}

// issued is a certificate with its private key.
type issued struct {
	*x509.Certificate
	key *rsa.PrivateKey
}

// issue signs a certificate by its issuer, or by itself where there is none.
func issue(by *issued, template *x509.Certificate) (*issued, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	if by == nil {
		by = &issued{template, key}
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	template.BasicConstraintsValid, template.KeyUsage = true, x509.KeyUsageDigitalSignature
	if template.IsCA {
		template.KeyUsage |= x509.KeyUsageCertSign
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, by.Certificate, key.Public(), by.key)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", template.Subject.CommonName, err)
	}
	certificate, err := x509.ParseCertificate(raw)
	return &issued{certificate, key}, err
}
