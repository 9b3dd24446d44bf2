import java.io.IOException;

final class Main {
    public static void main(String[] args) throws IOException {
        SimpleClient.run(args[0], SimpleClient.types());
    }
}
