// HTTP/1.1 server of the image keelson.dev/echo: answers what it was asked and where it runs, and fails on command.
//
//   /fail?code=503   answers with that status          /exit?code=1   answers, then ends with that code
//   /delay?ms=200    answers later                     /healthz       200, and 500 after /unhealthy (until /healthy)
//   Upgrade: websocket    sends every message back     SIGTERM        finishes what it answers, then ends with 0
//
// One thread a connection. PORT (8080); POD_NAME, POD_NAMESPACE, POD_IP, NODE_NAME, VERSION are shown as given.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_HEADERS = 100, HEAD_SIZE = 32 * 1024, BODY_SHOWN = 4096, GRACE_MS = 10000 };

static atomic_int healthy = 1, active = 0;
static atomic_long served = 0;
static int stop_pipe[2];

typedef struct {
  int fd;
  char remote[INET6_ADDRSTRLEN];
  char data[HEAD_SIZE];
  size_t have;
} connection;

typedef struct {
  char *method, *path, *query, *protocol;
  struct { char *name, *value; } headers[MOST_HEADERS];
  int header_count, keep;
  char body[BODY_SHOWN + 1];
  size_t body_bytes, body_shown;
} request;

typedef struct {
  char *text;
  size_t length, room;
} buffer;

static void put(buffer *out, const char *text, size_t length) {
  if (out->length + length + 1 > out->room) {
    out->room = 2 * (out->length + length + 1);
    out->text = realloc(out->text, out->room);
    if (out->text == NULL) abort();
  }
  memcpy(out->text + out->length, text, length);
  out->length += length;
  out->text[out->length] = 0;
}

static void puts_to(buffer *out, const char *text) { put(out, text, strlen(text)); }

/* Bytes above 127 go through as they are, so UTF-8 stays UTF-8; other bytes are the client's own fault. */
static void put_json(buffer *out, const char *text) {
  puts_to(out, "\"");
  for (const unsigned char *at = (const unsigned char *)text; *at != 0; at++) {
    char escaped[8];
    if (*at == '"' || *at == '\\') snprintf(escaped, sizeof escaped, "\\%c", *at);
    else if (*at < 0x20) snprintf(escaped, sizeof escaped, "\\u%04x", *at);
    else snprintf(escaped, sizeof escaped, "%c", *at);
    puts_to(out, escaped);
  }
  puts_to(out, "\"");
}

static void put_member(buffer *out, const char *name, const char *value) {
  if (value == NULL) return;
  if (out->length > 1) puts_to(out, ",");
  put_json(out, name);
  puts_to(out, ":");
  put_json(out, value);
}

static int send_all(int fd, const char *data, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return 0;
    data += sent;
    length -= (size_t)sent;
  }
  return 1;
}

/* More bytes of the connection; 0 when it ended, or when the server stops while nothing was begun. */
static int more(connection *c, int begun) {
  if (c->have >= HEAD_SIZE - 1) return 0;
  struct pollfd wait[2] = {{.fd = c->fd, .events = POLLIN}, {.fd = begun ? -1 : stop_pipe[0], .events = POLLIN}};
  if (poll(wait, 2, begun ? 30000 : 300000) <= 0) return 0;
  if (wait[0].revents == 0) return 0;
  ssize_t got = recv(c->fd, c->data + c->have, HEAD_SIZE - 1 - c->have, 0);
  if (got <= 0) return 0;
  c->have += (size_t)got;
  c->data[c->have] = 0;
  return 1;
}

static void drop(connection *c, size_t length) {
  memmove(c->data, c->data + length, c->have - length);
  c->have -= length;
  c->data[c->have] = 0;
}

static const char *header(const request *r, const char *name) {
  for (int i = 0; i < r->header_count; i++)
    if (strcasecmp(r->headers[i].name, name) == 0) return r->headers[i].value;
  return NULL;
}

static long parameter(const request *r, const char *name, long otherwise) {
  size_t length = strlen(name);
  for (const char *at = r->query; at != NULL && *at != 0; at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL)
    if (strncmp(at, name, length) == 0 && at[length] == '=') return strtol(at + length + 1, NULL, 10);
  return otherwise;
}

/* Cuts a copy of the head into its parts; 0 when it is none. */
static int parse(char *head, request *r) {
  char *line = head, *next;
  for (int first = 1; line != NULL && *line != 0; line = next, first = 0) {
    char *end = strstr(line, "\r\n");
    if (end == NULL) return 0;
    *end = 0;
    next = end + 2;
    if (first) {
      char *save = NULL;
      r->method = strtok_r(line, " ", &save);
      r->path = strtok_r(NULL, " ", &save);
      r->protocol = strtok_r(NULL, " ", &save);
      if (r->protocol == NULL || strncmp(r->protocol, "HTTP/1.", 7) != 0) return 0;
      continue;
    }
    if (*line == 0) break;
    char *colon = strchr(line, ':');
    if (colon == NULL || r->header_count == MOST_HEADERS) return 0;
    *colon = 0;
    char *value = colon + 1 + strspn(colon + 1, " \t");
    r->headers[r->header_count].name = line;
    r->headers[r->header_count++].value = value;
  }
  if (r->path == NULL) return 0;
  r->query = strchr(r->path, '?');
  if (r->query != NULL) *r->query++ = 0;
  const char *wish = header(r, "connection");
  r->keep = strcmp(r->protocol, "HTTP/1.0") == 0 ? wish != NULL && strcasecmp(wish, "keep-alive") == 0 : wish == NULL || strcasecmp(wish, "close") != 0;
  return 1;
}

/* Takes `length` bytes of body off the connection. */
static int take_body(connection *c, request *r, size_t length) {
  while (length > 0) {
    if (c->have == 0 && !more(c, 1)) return 0;
    size_t part = c->have < length ? c->have : length;
    size_t shown = part < BODY_SHOWN - r->body_shown ? part : BODY_SHOWN - r->body_shown;
    memcpy(r->body + r->body_shown, c->data, shown);
    r->body_shown += shown;
    r->body_bytes += part;
    drop(c, part);
    length -= part;
  }
  return 1;
}

static int take_line(connection *c, char *line, size_t room) {
  char *end;
  while ((end = strstr(c->data, "\r\n")) == NULL)
    if (!more(c, 1)) return 0;
  size_t length = (size_t)(end - c->data);
  if (length >= room) return 0;
  memcpy(line, c->data, length);
  line[length] = 0;
  drop(c, length + 2);
  return 1;
}

static int read_body(connection *c, request *r) {
  const char *coding = header(r, "transfer-encoding"), *length = header(r, "content-length"), *expects = header(r, "expect");
  if (expects != NULL && strcasecmp(expects, "100-continue") == 0 && !send_all(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25)) return 0;
  if (coding == NULL) return length == NULL || take_body(c, r, strtoul(length, NULL, 10));
  for (char line[128];;) {
    if (!take_line(c, line, sizeof line)) return 0;
    size_t size = strtoul(line, NULL, 16);
    if (size == 0) break;
    if (!take_body(c, r, size) || !take_line(c, line, sizeof line)) return 0;
  }
  for (char line[1024];;) {
    if (!take_line(c, line, sizeof line)) return 0;
    if (*line == 0) return 1;
  }
}

static void report(buffer *out, const connection *c, const request *r) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  puts_to(out, "{");
  put_member(out, "pod", getenv("POD_NAME") != NULL ? getenv("POD_NAME") : host);
  put_member(out, "namespace", getenv("POD_NAMESPACE"));
  put_member(out, "podIp", getenv("POD_IP"));
  put_member(out, "node", getenv("NODE_NAME"));
  put_member(out, "version", getenv("VERSION"));
  put_member(out, "host", host);
  put_member(out, "method", r->method);
  put_member(out, "path", r->path);
  put_member(out, "query", r->query);
  put_member(out, "protocol", r->protocol);
  put_member(out, "remote", c->remote);
  if (r->body_bytes > 0) {
    char size[48];
    snprintf(size, sizeof size, ",\"bodyBytes\":%zu", r->body_bytes);
    puts_to(out, size);
    put_member(out, "body", r->body);
  }
  puts_to(out, ",\"headers\":");
  buffer headers = {0};
  puts_to(&headers, "{");
  for (int i = 0; i < r->header_count; i++) {
    for (char *at = r->headers[i].name; *at != 0; at++) *at = (char)tolower((unsigned char)*at);
    put_member(&headers, r->headers[i].name, r->headers[i].value);
  }
  puts_to(&headers, "}}\n");
  put(out, headers.text, headers.length);
  free(headers.text);
}

static const char *reason(long code) {
  return code == 200 ? "OK" : code == 404 ? "Not Found" : code == 500 ? "Internal Server Error" : code == 503 ? "Service Unavailable" : "As Asked";
}

static int answer(connection *c, const request *r, long code, const char *type, const buffer *body) {
  char head[256];
  int keep = r->keep;
  struct pollfd stopping = {.fd = stop_pipe[0], .events = POLLIN};
  if (poll(&stopping, 1, 0) > 0) keep = 0;
  int length = snprintf(head, sizeof head, "HTTP/1.1 %ld %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: %s\r\n\r\n", code, reason(code), type, body->length, keep ? "keep-alive" : "close");
  buffer whole = {0};
  put(&whole, head, (size_t)length);
  if (strcmp(r->method, "HEAD") != 0) put(&whole, body->text, body->length);
  int ok = send_all(c->fd, whole.text, whole.length);
  free(whole.text);
  served++;
  printf("%s %s %ld from %s\n", r->method, r->path, code, c->remote);
  return ok && keep;
}

static uint32_t roll(uint32_t x, int n) { return (x << n) | (x >> (32 - n)); }

/* Of at most 119 bytes: the key of a WebSocket handshake. */
static void sha1(const char *text, unsigned char digest[20]) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  unsigned char data[128] = {0};
  size_t length = strlen(text), blocks = (length + 8) / 64 + 1;
  memcpy(data, text, length);
  data[length] = 0x80;
  for (int i = 0; i < 8; i++) data[64 * blocks - 1 - (size_t)i] = (unsigned char)(((uint64_t)length * 8) >> (8 * i));
  for (size_t b = 0; b < blocks; b++) {
    uint32_t w[80], s[5];
    for (int i = 0; i < 16; i++) w[i] = (uint32_t)data[64 * b + 4 * i] << 24 | (uint32_t)data[64 * b + 4 * i + 1] << 16 | (uint32_t)data[64 * b + 4 * i + 2] << 8 | data[64 * b + 4 * i + 3];
    for (int i = 16; i < 80; i++) w[i] = roll(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (s[1] & s[2]) | (~s[1] & s[3]) : i < 40 || i >= 60 ? s[1] ^ s[2] ^ s[3] : (s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3]);
      uint32_t k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
      uint32_t t = roll(s[0], 5) + f + s[4] + k + w[i];
      s[4] = s[3], s[3] = s[2], s[2] = roll(s[1], 30), s[1] = s[0], s[0] = t;
    }
    for (int i = 0; i < 5; i++) h[i] += s[i];
  }
  for (int i = 0; i < 20; i++) digest[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const unsigned char *in, size_t length, char *out) {
  const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < length; i += 3) {
    uint32_t v = (uint32_t)in[i] << 16 | (i + 1 < length ? (uint32_t)in[i + 1] << 8 : 0) | (i + 2 < length ? in[i + 2] : 0);
    *out++ = digits[v >> 18];
    *out++ = digits[(v >> 12) & 63];
    *out++ = i + 1 < length ? digits[(v >> 6) & 63] : '=';
    *out++ = i + 2 < length ? digits[v & 63] : '=';
  }
  *out = 0;
}

static int need(connection *c, size_t length) {
  while (c->have < length)
    if (!more(c, 0)) return 0;
  return 1;
}

/* Sends frames back as they come, unmasked; a frame has to fit into the buffer. */
static void websocket(connection *c, const char *key) {
  char text[120], accept[32], head[256];
  unsigned char digest[20];
  snprintf(text, sizeof text, "%.64s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  sha1(text, digest);
  base64(digest, 20, accept);
  int length = snprintf(head, sizeof head, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  if (!send_all(c->fd, head, (size_t)length)) return;
  while (need(c, 2)) {
    unsigned char *in = (unsigned char *)c->data;
    int opcode = in[0] & 15, masked = in[1] >> 7;
    size_t size = in[1] & 127, at = 2;
    if (size >= 126) {
      size_t wide = size == 126 ? 2 : 8;
      if (!need(c, 2 + wide)) return;
      size = 0;
      for (size_t i = 0; i < wide; i++) size = size << 8 | in[2 + i];
      at += wide;
    }
    if (size > HEAD_SIZE - 32) return;
    if (!need(c, at + (masked ? 4 : 0) + size)) return;
    unsigned char *mask = in + at, *body = in + at + (masked ? 4 : 0), back[10];
    for (size_t i = 0; masked && i < size; i++) body[i] ^= mask[i % 4];
    size_t front = 2;
    back[0] = (unsigned char)((in[0] & 0xf0) | (opcode == 9 ? 10 : opcode));
    back[1] = (unsigned char)(size < 126 ? size : 126);
    if (size >= 126) back[2] = (unsigned char)(size >> 8), back[3] = (unsigned char)size, front = 4;
    if (opcode != 10 && (!send_all(c->fd, (char *)back, front) || !send_all(c->fd, (char *)body, size))) return;
    if (opcode == 8) return;
    drop(c, (size_t)(body - in) + size);
  }
}

/* One request; 0 when the connection is done. */
static int serve_one(connection *c) {
  char *end;
  while ((end = strstr(c->data, "\r\n\r\n")) == NULL)
    if (!more(c, c->have > 0)) return 0;
  size_t length = (size_t)(end - c->data) + 4;
  char *head = strndup(c->data, length);
  request *r = calloc(1, sizeof *r);
  if (head == NULL || r == NULL) abort();
  drop(c, length);
  buffer body = {0};
  int keep = 0;
  long code = 200;
  if (parse(head, r) && read_body(c, r)) {
    const char *key = header(r, "sec-websocket-key"), *upgrade = header(r, "upgrade");
    if (key != NULL && upgrade != NULL && strcasecmp(upgrade, "websocket") == 0) {
      printf("websocket %s from %s\n", r->path, c->remote);
      websocket(c, key);
    } else if (strcmp(r->path, "/healthz") == 0) {
      puts_to(&body, healthy ? "ok\n" : "told to be unhealthy\n");
      keep = answer(c, r, healthy ? 200 : 500, "text/plain", &body);
    } else {
      if (strcmp(r->path, "/unhealthy") == 0) healthy = 0;
      if (strcmp(r->path, "/healthy") == 0) healthy = 1;
      if (strcmp(r->path, "/fail") == 0) code = parameter(r, "code", 500);
      if (strcmp(r->path, "/delay") == 0) usleep((useconds_t)(1000 * parameter(r, "ms", 1000)));
      if (code < 200 || code > 599) code = 500;
      report(&body, c, r);
      keep = answer(c, r, code, "application/json", &body);
      if (strcmp(r->path, "/exit") == 0) exit((int)parameter(r, "code", 1));
    }
  } else {
    r->method = r->path = (char *)"-";
    r->keep = 0;
    puts_to(&body, "bad request\n");
    answer(c, r, 400, "text/plain", &body);
  }
  free(body.text);
  free(r);
  free(head);
  return keep;
}

static void *serve(void *argument) {
  connection *c = argument;
  while (serve_one(c)) {
  }
  shutdown(c->fd, SHUT_WR);
  close(c->fd);
  free(c);
  active--;
  return NULL;
}

static int listen_on(int port) {
  int on = 1, off = 0;
  struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_ANY_INIT};
  struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (fd < 0 || bind(fd, (struct sockaddr *)&any6, sizeof any6) < 0) {
    if (fd >= 0) close(fd);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&any4, sizeof any4) < 0) return -1;
  }
  return listen(fd, 1024) < 0 ? -1 : fd;
}

static void accept_one(int listener) {
  struct sockaddr_storage from = {0};
  socklen_t size = sizeof from;
  int fd = accept4(listener, (struct sockaddr *)&from, &size, SOCK_CLOEXEC), on = 1;
  if (fd < 0) return;
  connection *c = calloc(1, sizeof *c);
  pthread_t thread;
  pthread_attr_t small;
  if (c == NULL) abort();
  c->fd = fd;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (from.ss_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in *)&from)->sin_addr, c->remote, sizeof c->remote);
  else {
    inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&from)->sin6_addr, c->remote, sizeof c->remote);
    if (strncmp(c->remote, "::ffff:", 7) == 0) memmove(c->remote, c->remote + 7, strlen(c->remote + 7) + 1);
  }
  active++;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 256 * 1024);
  pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
  if (pthread_create(&thread, &small, serve, c) != 0) {
    close(fd);
    free(c);
    active--;
  }
  pthread_attr_destroy(&small);
}

int main(void) {
  int port = getenv("PORT") != NULL ? atoi(getenv("PORT")) : 8080;
  sigset_t ends;
  setvbuf(stdout, NULL, _IOLBF, 0);
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, NULL);
  signal(SIGPIPE, SIG_IGN);
  int signals = signalfd(-1, &ends, SFD_CLOEXEC), listener = listen_on(port);
  if (listener < 0 || signals < 0 || pipe(stop_pipe) < 0) {
    fprintf(stderr, "cannot listen on port %d: %s\n", port, strerror(errno));
    return 1;
  }
  printf("listening on port %d\n", port);
  struct pollfd wait[2] = {{.fd = listener, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
  while (poll(wait, 2, -1) >= 0 || errno == EINTR) {
    if (wait[0].revents != 0) accept_one(listener);
    else if (wait[1].revents != 0) break;
  }
  close(listener);
  close(stop_pipe[1]);
  printf("stopping, %d connections open, %ld requests answered\n", (int)active, (long)served);
  for (int waited = 0; active > 0 && waited < GRACE_MS; waited += 10) usleep(10000);
  return 0;
}
