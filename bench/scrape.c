/*
 * One scrape, as cheap as it can be: asks for a page, reads the answer into one buffer again and again, and keeps
 * nothing of it. What a measured scrape takes is then the server's time, and that of the bytes on their way.
 *
 * scrape <port> <target> <encoding or identity>
 * stdout             one line of JSON
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_BYTES (1 << 18)
#define MAX_HEAD 8192

static char buffer[BUFFER_BYTES];

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int fail(const char *what) {
  fprintf(stderr, "scrape: %s: %s\n", what, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 4) return fail("usage: scrape <port> <target> <encoding>");
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  char request[1024];
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAccept-Encoding: %s\r\n\r\n",
                        argv[2], argv[3]);

  double start = now_ms(), first = 0;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0) return fail("cannot connect");
  if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) return fail("cannot ask");

  char head[MAX_HEAD + 1] = "", tail[5] = "";
  size_t bytes = 0, head_bytes = 0;
  for (ssize_t n; (n = recv(fd, buffer, BUFFER_BYTES, 0)) != 0; bytes += (size_t)n) {
    if (n < 0) return fail("the answer broke off");
    if (bytes == 0) first = now_ms();
    if (head_bytes < MAX_HEAD) {
      size_t some = MAX_HEAD - head_bytes < (size_t)n ? MAX_HEAD - head_bytes : (size_t)n;
      memcpy(head + head_bytes, buffer, some);
      head_bytes += some;
    }
    for (ssize_t i = n > 5 ? n - 5 : 0; i < n; i++) {
      memmove(tail, tail + 1, 4);
      tail[4] = buffer[i];
    }
  }
  double end = now_ms();
  close(fd);

  char *body = strstr(head, "\r\n\r\n");
  if (body == NULL) return fail("the answer has no head");
  *body = '\0';
  char *content_length = strcasestr(head, "\r\ncontent-length:");
  size_t body_bytes = bytes - (size_t)(body + 4 - head);
  int is_whole = content_length != NULL ? strtoull(content_length + 17, NULL, 10) == body_bytes
                                        : memcmp(tail, "0\r\n\r\n", 5) == 0;
  char *encoding = strcasestr(head, "\r\ncontent-encoding: gzip");
  printf("{\"status\":%d,\"isWhole\":%s,\"isGzip\":%s,\"bytes\":%zu,\"firstByteMs\":%.3f,\"ms\":%.3f}\n",
         atoi(head + 9), is_whole ? "true" : "false", encoding != NULL ? "true" : "false", body_bytes, first - start,
         end - start);
  return 0;
}
