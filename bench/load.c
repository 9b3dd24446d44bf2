/*
 * The load generator of `npm run bench`: pushes prepared bodies over kept connections, each time with other
 * numbers in them, and counts what is acknowledged.
 *
 * In C because it has to cost less than the server that it measures, on the same machine. One epoll loop; a
 * connection has one push under way, and a source always uses the same connection, so its pushes keep their
 * order, from one run to the next as well. (sendfile from a memfd copies less and costs a third more: its pages are never warm in a cache.)
 *
 * load <file>        the sources, as bench/http/load-file.ts writes them
 * stdin              run <port> <connections> <seconds> <laps> <rate> <head>
 *                    pushes every source so often, or so long; so many a second, or as many as are answered where
 *                    the rate is 0; with that head of each source. What is due in the end and was not sent, because
 *                    a connection had no answer, is told as unsent, and counts as having waited until then
 * stdout             one line of JSON for each run
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 1024
#define MAX_RESPONSE 4096
#define MAX_LATENCIES (1 << 20)
#define MAX_HEADS 4
#define NO_ANSWER_MS 60000
/* Who is refused comes again, but not at once. */
#define REFUSED_PAUSE 0.1

/* The digits that end at `end` rise by `step` with every push. A point among them is skipped. */
typedef struct {
  uint32_t end, step;
} Field;

typedef struct {
  const char *heads[MAX_HEADS];
  size_t head_bytes[MAX_HEADS];
  char *body;
  size_t body_bytes;
  const Field *fields;
  uint32_t field_count;
  /* How often the body was patched, and as of which patch it was last acknowledged in this run. */
  uint32_t step, acked;
} Source;

typedef struct {
  int fd;
  /* The source under way, and how many pushes are left in this run. */
  uint32_t current;
  uint64_t left;
  int is_busy, is_waiting;
  size_t sent;
  /* When the push under way was started, or should have been; and when the next one is due, or may start. */
  double started, due;
  char response[MAX_RESPONSE];
  size_t received;
} Connection;

static Source *sources;
static uint32_t source_count, head_count;

static Connection connections[MAX_CONNECTIONS];
static uint32_t connection_count;
/* The next source of each connection: a run goes on where the last one with as many connections ended. */
static uint32_t next_sources[MAX_CONNECTIONS];
static int epoll_fd;
static struct sockaddr_in server;

static uint64_t acknowledged, refused, unsent;
static uint32_t head;
/* Seconds from one push of a connection to its next; 0 where the next follows the answer. */
static double interval;
static char first_refusal[200];
static float latencies[MAX_LATENCIES];
static size_t latency_count;
static double deadline;

static void fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void load_sources(const char *path) {
  int file = open(path, O_RDONLY);
  struct stat info;
  if (file < 0 || fstat(file, &info) < 0) fail("cannot read %s: %s", path, strerror(errno));
  size_t size = (size_t)info.st_size;
  char *memory = malloc(size);
  if (memory == NULL) fail("no memory for %zu bytes", size);
  for (size_t done = 0; done < size;) {
    ssize_t n = read(file, memory + done, size - done);
    if (n <= 0) fail("cannot read %s", path);
    done += (size_t)n;
  }
  close(file);

  const uint32_t *words = (const uint32_t *)memory;
  source_count = *words++;
  head_count = *words++;
  if (head_count > MAX_HEADS) fail("more than %d heads for a source", MAX_HEADS);
  sources = calloc(source_count, sizeof *sources);
  for (uint32_t i = 0; i < source_count; i++) {
    Source *source = &sources[i];
    size_t bytes = 0;
    for (uint32_t k = 0; k < head_count; k++) bytes += source->head_bytes[k] = *words++;
    bytes += source->body_bytes = *words++;
    source->field_count = *words++;
    source->fields = (const Field *)words;
    words += 2 * source->field_count;
    char *text = (char *)words;
    for (uint32_t k = 0; k < head_count; text += source->head_bytes[k++]) source->heads[k] = text;
    source->body = text;
    words += (bytes + 3) / 4;
  }
}

static void raise_field(char *body, Field field) {
  uint32_t carry = field.step;
  for (char *c = body + field.end - 1; carry > 0; c--) {
    if (*c == '.') continue;
    if (*c < '0' || *c > '9') fail("a number has no more room to rise: the run is too long");
    uint32_t digit = (uint32_t)(*c - '0') + carry % 10;
    carry /= 10;
    if (digit > 9) {
      digit -= 10;
      carry++;
    }
    *c = (char)('0' + digit);
  }
}

static void watch(uint32_t i, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.u32 = i};
  if (epoll_ctl(epoll_fd, operation, connections[i].fd, &event) < 0) fail("epoll: %s", strerror(errno));
}

static void open_connection(uint32_t i) {
  Connection *c = &connections[i];
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0)
    fail("cannot connect to port %d: %s", ntohs(server.sin_port), strerror(errno));
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  watch(i, EPOLLIN, EPOLL_CTL_ADD);
}

static size_t request_bytes(const Source *source) { return source->head_bytes[head] + source->body_bytes; }

static ssize_t send_rest(int fd, const Source *source, size_t sent) {
  size_t head_bytes = source->head_bytes[head];
  if (sent >= head_bytes)
    return send(fd, source->body + (sent - head_bytes), request_bytes(source) - sent, MSG_NOSIGNAL);
  struct iovec parts[2] = {{(char *)source->heads[head] + sent, head_bytes - sent},
                           {source->body, source->body_bytes}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* Sends what the socket takes. */
static void continue_push(uint32_t i) {
  Connection *c = &connections[i];
  const Source *source = &sources[c->current];
  while (c->sent < request_bytes(source)) {
    ssize_t n = send_rest(c->fd, source, c->sent);
    if (n < 0 && errno == EAGAIN) {
      watch(i, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
      return;
    }
    if (n <= 0) fail("the server has closed a connection: %s", strerror(errno));
    c->sent += (size_t)n;
  }
  watch(i, EPOLLIN, EPOLL_CTL_MOD);
}

static void note_latency(double seconds) {
  if (latency_count < MAX_LATENCIES) latencies[latency_count++] = (float)seconds;
}

/* What was due and could not be sent has waited until now at least. */
static void give_up(Connection *c, double time) {
  for (; interval > 0 && c->left > 0 && c->due < deadline; c->due += interval) {
    c->left--;
    unsent++;
    note_latency(time - c->due);
  }
}

static void start_push(uint32_t i) {
  Connection *c = &connections[i];
  double time = now();
  int was_waiting = c->is_waiting;
  c->is_busy = 0;
  c->is_waiting = c->left > 0 && c->due > time && c->due < deadline;
  if (c->is_waiting || c->left == 0) return;
  /* Who has only waited for its time, and wakes a moment late, still goes. */
  int is_over = time >= deadline && !was_waiting;
  if (is_over) give_up(c, time);
  if (is_over || c->due >= deadline) return;
  c->is_busy = 1;
  c->left--;
  /* A push that starts late has waited: its time counts from when it was due. */
  c->started = interval > 0 ? c->due : time;
  c->due += interval;
  c->current = next_sources[i];
  next_sources[i] += connection_count;
  if (next_sources[i] >= source_count) next_sources[i] = i;
  c->sent = c->received = 0;
  Source *source = &sources[c->current];
  for (uint32_t k = 0; k < source->field_count; k++) raise_field(source->body, source->fields[k]);
  source->step++;
  continue_push(i);
}

/* What follows the head of the response; NULL while that is incomplete. */
static const char *body_of(const Connection *c) {
  const char *end = strstr(c->response, "\r\n\r\n");
  return end == NULL ? NULL : end + 4;
}

/* The length of the whole response, or 0 while its head is incomplete. */
static size_t response_bytes(const Connection *c) {
  const char *body = body_of(c);
  if (body == NULL) return 0;
  const char *length = strcasestr(c->response, "\r\ncontent-length:");
  size_t bytes = length != NULL && length < body ? (size_t)atoi(length + 17) : 0;
  return (size_t)(body - c->response) + bytes;
}

static void finish_push(uint32_t i) {
  Connection *c = &connections[i];
  if (strncmp(c->response, "HTTP/1.1 2", 10) == 0) {
    note_latency(now() - c->started);
    acknowledged++;
    sources[c->current].acked = sources[c->current].step;
  } else {
    if (refused == 0) snprintf(first_refusal, sizeof first_refusal, "%.3s: %s", c->response + 9, body_of(c));
    refused++;
    double later = now() + REFUSED_PAUSE;
    if (c->due < later) c->due = later;
  }
  start_push(i);
}

static void receive(uint32_t i) {
  Connection *c = &connections[i];
  ssize_t n = recv(c->fd, c->response + c->received, MAX_RESPONSE - 1 - c->received, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) fail("the server has closed a connection");
  c->received += (size_t)n;
  c->response[c->received] = '\0';
  size_t whole = response_bytes(c);
  if (c->received == MAX_RESPONSE - 1) fail("a response is longer than %d bytes", MAX_RESPONSE);
  if (whole == 0 || c->received < whole) return;
  if (c->sent < request_bytes(&sources[c->current]))
    fail("answered before the body was sent: %.60s", c->response);
  finish_push(i);
}

/* Starts what has become due. Returns for how long nothing else will be, in ms; 0 when all is done. */
static int start_due(void) {
  double next = -1;
  int is_any_busy = 0;
  for (uint32_t i = 0; i < connection_count; i++) {
    Connection *c = &connections[i];
    if (c->is_waiting && c->due <= now()) start_push(i);
    if (c->is_waiting && (next < 0 || c->due < next)) next = c->due;
    is_any_busy |= c->is_busy;
  }
  if (next < 0) return is_any_busy ? NO_ANSWER_MS : 0;
  double ms = (next - now()) * 1000;
  return ms < 0 ? 1 : (int)ms + 1;
}

static int compare_floats(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static double quantile(double q) {
  return latency_count == 0 ? 0 : (double)latencies[(size_t)(q * (double)(latency_count - 1))] * 1000;
}

static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_result(double seconds, double cpu) {
  qsort(latencies, latency_count, sizeof *latencies, compare_floats);
  for (char *c = first_refusal; *c != '\0'; c++)
    if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\') *c = ' ';
  printf("{\"pushes\":%lu,\"refused\":%lu,\"unsent\":%lu,\"firstRefusal\":\"%s\",", acknowledged, refused, unsent,
         first_refusal);
  printf("\"seconds\":%.6f,\"cpuSeconds\":%.6f,", seconds, cpu);
  printf("\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%.3f,\"acked\":[", quantile(0.5), quantile(0.99), quantile(1));
  for (uint32_t i = 0; i < source_count; i++) printf(i == 0 ? "%u" : ",%u", sources[i].acked);
  printf("]}\n");
  fflush(stdout);
}

static void connect_all(uint32_t wanted) {
  if (wanted > MAX_CONNECTIONS) wanted = MAX_CONNECTIONS;
  if (wanted > source_count) wanted = source_count;
  if (wanted != connection_count)
    for (uint32_t i = 0; i < wanted; i++) next_sources[i] = i;
  connection_count = wanted;
  epoll_fd = epoll_create1(0);
  for (uint32_t i = 0; i < connection_count; i++) {
    memset(&connections[i], 0, sizeof connections[i]);
    open_connection(i);
  }
}

static void run(int port, uint32_t wanted, double seconds, uint32_t laps, double rate) {
  server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  acknowledged = refused = unsent = 0;
  latency_count = 0;
  first_refusal[0] = '\0';
  for (uint32_t i = 0; i < source_count; i++) sources[i].acked = 0;
  connect_all(wanted);

  double start = now(), cpu = cpu_seconds();
  deadline = start + seconds;
  interval = rate > 0 ? connection_count / rate : 0;
  for (uint32_t i = 0; i < connection_count; i++) {
    connections[i].left = (uint64_t)laps * ((source_count - i + connection_count - 1) / connection_count);
    connections[i].due = interval > 0 ? start + interval * i / connection_count : 0;
    start_push(i);
  }
  for (int timeout_ms; (timeout_ms = start_due()) > 0;) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll_fd, events, 64, timeout_ms);
    if (count == 0 && timeout_ms == NO_ANSWER_MS) fail("no answer for %d s", NO_ANSWER_MS / 1000);
    if (count < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
    for (int k = 0; k < count; k++) {
      uint32_t i = events[k].data.u32;
      if (!connections[i].is_busy) fail("the server has closed a connection, or sent what was not asked for");
      if (events[k].events & EPOLLOUT) continue_push(i);
      if (events[k].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(i);
    }
  }
  print_result(now() - start, cpu_seconds() - cpu);
  for (uint32_t i = 0; i < connection_count; i++) close(connections[i].fd);
  close(epoll_fd);
}

int main(int argc, char **argv) {
  if (argc != 2) fail("usage: load <file>");
  load_sources(argv[1]);
  puts("ready");
  fflush(stdout);
  char line[200];
  while (fgets(line, sizeof line, stdin) != NULL) {
    int port;
    uint32_t wanted, laps;
    double seconds, rate;
    if (sscanf(line, "run %d %u %lf %u %lf %u", &port, &wanted, &seconds, &laps, &rate, &head) != 6)
      fail("cannot read: %s", line);
    if (head >= head_count) fail("there is no head %u", head);
    run(port, wanted, seconds, laps, rate);
  }
  return 0;
}
