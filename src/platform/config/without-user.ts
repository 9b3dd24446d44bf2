/** The text with what stands before the host of its URLs hidden: a user and a password, most likely. */
export function withoutUser(text: string): string {
  return text.replaceAll(/(https?:\/\/)[^/?#\s]*@/gi, "$1<secret>@");
}
