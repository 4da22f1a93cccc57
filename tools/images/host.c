/*
 * host [-t TYPE] NAME, nslookup NAME: ask DNS through resolv.conf as programs in a pod do, with its search list and ndots,
 * and print what bind's programs print. Debian's busybox nslookup looks through the search list only for names without a
 * dot.
 */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int is_nslookup;

static int type_of(const char *name) {
  static const struct { const char *name; int type; } types[] = {
    {"A", ns_t_a}, {"AAAA", ns_t_aaaa}, {"CNAME", ns_t_cname}, {"PTR", ns_t_ptr}, {"SRV", ns_t_srv}, {"TXT", ns_t_txt}, {"NS", ns_t_ns},
  };
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcasecmp(types[i].name, name) == 0) return types[i].type;
  return -1;
}

static void print_record(ns_msg *message, ns_rr *record) {
  const char *owner = ns_rr_name(*record);
  const unsigned char *data = ns_rr_rdata(*record);
  char name[NS_MAXDNAME];
  char address[INET6_ADDRSTRLEN];
  switch (ns_rr_type(*record)) {
  case ns_t_a:
    if (is_nslookup) {
      printf("Name:\t%s\nAddress: %s\n", owner, inet_ntop(AF_INET, data, address, sizeof address));
      break;
    }
    printf("%s has address %s\n", owner, inet_ntop(AF_INET, data, address, sizeof address));
    break;
  case ns_t_aaaa:
    printf("%s has IPv6 address %s\n", owner, inet_ntop(AF_INET6, data, address, sizeof address));
    break;
  case ns_t_txt:
    printf("%s descriptive text \"%.*s\"\n", owner, data[0], (const char *)data + 1);
    break;
  case ns_t_srv:
    if (dn_expand(ns_msg_base(*message), ns_msg_end(*message), data + 6, name, sizeof name) < 0) return;
    printf("%s has SRV record %d %d %d %s.\n", owner, ns_get16(data), ns_get16(data + 2), ns_get16(data + 4), name);
    break;
  case ns_t_cname:
  case ns_t_ptr:
  case ns_t_ns:
    if (dn_expand(ns_msg_base(*message), ns_msg_end(*message), data, name, sizeof name) < 0) return;
    printf("%s %s %s.\n", owner, ns_rr_type(*record) == ns_t_cname ? "is an alias for" : ns_rr_type(*record) == ns_t_ptr ? "domain name pointer" : "name server", name);
    break;
  default:
    break;
  }
}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  is_nslookup = strcmp(slash == NULL ? argv[0] : slash + 1, "nslookup") == 0;
  const char *name = NULL;
  int type = ns_t_a;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-t") == 0 && i + 1 < argc) type = type_of(argv[++i]);
    else name = argv[i];
  }
  if (name == NULL || type < 0) {
    fprintf(stderr, "usage: host [-t A|AAAA|CNAME|NS|PTR|SRV|TXT] NAME\n");
    return 2;
  }
  char reverse[64];
  unsigned char quad[4];
  if (inet_pton(AF_INET, name, quad) == 1) {
    snprintf(reverse, sizeof reverse, "%d.%d.%d.%d.in-addr.arpa", quad[3], quad[2], quad[1], quad[0]);
    name = reverse;
    type = ns_t_ptr;
  }
  if (is_nslookup && res_init() == 0 && _res.nscount > 0) {
    char address[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &_res.nsaddr_list[0].sin_addr, address, sizeof address);
    printf("Server:\t\t%s\nAddress:\t%s#%d\n\n", address, address, ntohs(_res.nsaddr_list[0].sin_port));
  }
  unsigned char answer[65536];
  int length = res_search(name, ns_c_in, type, answer, sizeof answer);
  ns_msg message;
  if (length < 0 || ns_initparse(answer, length, &message) < 0) {
    printf(is_nslookup ? "** server can't find %s: %s\n" : "Host %s not found: %s\n", name, h_errno == HOST_NOT_FOUND ? "3(NXDOMAIN)" : h_errno == NO_DATA ? "no such record" : "2(SERVFAIL)");
    return 1;
  }
  for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
    ns_rr record;
    if (ns_parserr(&message, ns_s_an, i, &record) == 0) print_record(&message, &record);
  }
  return 0;
}
